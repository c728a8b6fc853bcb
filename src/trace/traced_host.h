// A host made ready for packets: the rules of both backends compiled with their jumps resolved, the sets and
// routes indexed.
//
//   TracedHost host(state);      // a HostState: live, desired, or from a file
//   auto path = trace_packet(host, arrival);
//
// It copies what it needs, and is not changed by tracing.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/state_document.h"
#include "nf/backend.h"
#include "trace/path.h"

namespace pyfw {

struct CompiledHost;

struct TracedChain {
  Backend backend = Backend::kNft;
  Family family = Family::kIpv4;
  std::string table;
  std::string name;
  bool is_builtin = false;
  std::string policy{};  // of a builtin chain
  std::vector<Rule> rules{};
};

class TracedHost {
 public:
  explicit TracedHost(const HostState& host);
  // Beside another state of it, with which it shares what is the same in both.
  TracedHost(const HostState& host, const HostState& other, const TracedHost& traced_other);
  TracedHost(TracedHost&&) noexcept;
  TracedHost& operator=(TracedHost&&) noexcept;
  TracedHost(const TracedHost&) = delete;
  TracedHost& operator=(const TracedHost&) = delete;
  ~TracedHost();

  [[nodiscard]] const TracedChain& chain(ChainIndex index) const;
  [[nodiscard]] const Rule& rule(const RuleRef& ref) const { return chain(ref.chain).rules[ref.rule]; }
  [[nodiscard]] std::size_t chain_count() const;
  [[nodiscard]] std::optional<ChainIndex> find(Backend backend, Family family, std::string_view table,
                                               std::string_view chain) const;
  [[nodiscard]] const Facts& facts() const;
  // What tracing works on; of the library itself.
  [[nodiscard]] const CompiledHost& compiled() const { return *compiled_; }

 private:
  std::unique_ptr<CompiledHost> compiled_;
};

// The interface by which packets from that address come in: the route back to it, or lo for the host's own
// addresses. None where there is no way back.
std::optional<std::string> entry_interface(const TracedHost& host, const Ip& source);

// The address that the host itself takes as source to get there: the route's preferred source, else the
// outgoing interface's first. None where there is no way.
std::optional<Ip> own_source(const TracedHost& host, const Ip& destination, std::uint32_t mark = 0);

bool is_local_address(const TracedHost& host, const Ip& ip);

}  // namespace pyfw
