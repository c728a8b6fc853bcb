#include "trace/traced_host.h"

#include <algorithm>

#include "trace/compiled_host.h"
#include "trace/own_addresses.h"

namespace pyfw {

TracedHost::TracedHost(const HostState& host) : compiled_(std::make_unique<CompiledHost>(host)) {}
TracedHost::TracedHost(const HostState& host, const HostState& other, const TracedHost& traced_other)
    : compiled_(std::make_unique<CompiledHost>(host, other, traced_other.compiled())) {}
TracedHost::TracedHost(TracedHost&&) noexcept = default;
TracedHost& TracedHost::operator=(TracedHost&&) noexcept = default;
TracedHost::~TracedHost() = default;

const TracedChain& TracedHost::chain(ChainIndex index) const { return compiled_->chains[index]; }
std::size_t TracedHost::chain_count() const { return compiled_->chains.size(); }
const Facts& TracedHost::facts() const { return compiled_->facts; }

std::optional<ChainIndex> TracedHost::find(Backend backend, Family family, std::string_view table,
                                           std::string_view chain) const {
  const auto& chains = compiled_->chains;
  auto found = std::ranges::find_if(chains, [&](const TracedChain& known) {
    return known.backend == backend && known.family == family && known.table == table && known.name == chain;
  });
  if (found == chains.end()) return {};
  return static_cast<ChainIndex>(found - chains.begin());
}

std::optional<std::string> entry_interface(const TracedHost& host, const Ip& source) {
  const auto& routes = host.compiled().routes;
  auto back = routes.look_up({.destination = source}, [](const RoutingRule&) { return false; });
  if (back.type == RouteType::kLocal) return "lo";
  if (back.route == nullptr || back.type != RouteType::kUnicast || back.route->interface.empty()) return {};
  return back.route->interface;
}

std::optional<Ip> own_source(const TracedHost& host, const Ip& destination, std::uint32_t mark) {
  const auto& compiled = host.compiled();
  auto way = compiled.routes.look_up({.destination = destination, .mark = mark},
                                     [](const RoutingRule&) { return false; });
  return source_for(compiled, way, destination);
}

bool is_local_address(const TracedHost& host, const Ip& ip) { return host.compiled().routes.is_local(ip); }

}  // namespace pyfw
