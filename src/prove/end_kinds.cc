#include "prove/end_kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/contains.h"
#include "net/address_kinds.h"
#include "prove/host_questions.h"
#include "trace/bits.h"
#include "trace/bridge.h"
#include "trace/compiled_host.h"
#include "trace/receivers.h"

namespace pyfw {
namespace {

std::string text_of(const std::optional<Ip>& ip) { return ip ? ip->to_string() : "-"; }

bool is_in_rules(const TracedHost& host, std::string_view word) {
  auto has_it = [&](const Rule& rule) { return rule.text.find(word) != std::string::npos; };
  for (std::size_t chain = 0; chain < host.chain_count(); ++chain)
    if (std::ranges::any_of(host.chain(static_cast<ChainIndex>(chain)).rules, has_it)) return true;
  return false;
}

bool is_in_members(std::span<const Set> sets, std::string_view word) {
  return std::ranges::any_of(sets, [&](const Set& set) {
    return std::ranges::any_of(
        set.members, [&](const std::string& member) { return member.find(word) != std::string::npos; });
  });
}

std::string numbers_of(const std::vector<Prefix>& prefixes, const Ip& ip, char kind) {
  std::string out;
  for (std::size_t i = 0; i < prefixes.size(); ++i)
    if (covers(prefixes[i], ip)) out += fmt::format("{}{} ", kind, i);
  return out;
}

}  // namespace

EndKinds::EndKinds(const TracedHost& host, std::span<const Set> sets, Family family)
    : host_(host),
      are_ports_asked_(is_in_rules(host, "physdev") || is_in_members(sets, "physdev:")),
      are_own_asked_(is_in_rules(host, "limit-iface")) {
  const auto& compiled = host.compiled();
  for (const auto& prefix : known_kinds(family)) told_apart_.push_back(prefix);
  for (const auto& rule : compiled.facts.rules) {
    for (const auto& prefix : {rule.from, rule.to})
      if (prefix) told_apart_.push_back(*prefix);
    if (!rule.others.empty()) are_lengths_asked_ = true;
  }
  for (const auto& interface : compiled.facts.interfaces)
    for (const auto& address : interface.addresses) networks_.push_back(address);
  if (compiled.facts.docker)
    for (const auto& network : compiled.facts.docker->networks)
      for (const auto& subnet : network.subnets) networks_.push_back(subnet);
  for (const auto& rules : compiled.rules)
    for (const auto& rule : rules) {
      const auto* nat = std::get_if<Nat>(&rule.compiled.target);
      if (nat == nullptr) continue;
      if (nat->network) told_apart_.push_back(*nat->network);
      if (nat->addresses && nat->addresses->first != nat->addresses->last) ranges_.push_back(*nat->addresses);
    }
}

std::string EndKinds::of_source(const Ip& ip) const {
  auto own = host_.compiled().routes.is_local(ip) ? ip.to_string() : std::string();
  return of_any(ip) + numbers_of(networks_, ip, 'n') + of_routes(ip) + text_of(own_source(host_, ip)) +
         of_docker(ip) + own;
}

// To whatever address of its own a packet goes, the host takes it.
std::string EndKinds::of_destination(const Ip& ip) const {
  const auto& routes = host_.compiled().routes;
  auto local = routes.in_local_table(ip);
  if (local.type == RouteType::kLocal && !is_link_local(ip))
    return of_any(ip) + "own " + (are_own_asked_ ? local.route->interface : "") + of_listeners(ip);
  return of_any(ip) + numbers_of(networks_, ip, 'n') + of_routes(ip) + text_of(own_source(host_, ip)) +
         of_docker(ip) + of_listeners(ip);
}

std::string EndKinds::of_any(const Ip& ip) const {
  auto out = numbers_of(told_apart_, ip, 'k');
  for (std::size_t i = 0; i < ranges_.size(); ++i)
    if (ranges_[i].first <= ip && ip <= ranges_[i].last) out += fmt::format("r{} ", i);
  return out;
}

// Of each table the best, and the best of those by each interface, where only that may be taken.
std::string EndKinds::of_routes(const Ip& ip) const {
  std::string out;
  const auto& routes = host_.compiled().routes;
  std::set<std::pair<std::uint32_t, std::string_view>> seen;
  for (const auto* route : routes.all_to(ip)) {
    if (!seen.emplace(route->table, route->interface).second) continue;
    out += fmt::format("{} {} {} {} {} {} {},", route->table, static_cast<int>(route->type), route->interface,
                       text_of(route->gateway), text_of(route->preferred_source),
                       are_lengths_asked_ ? route->destination.length : 0,
                       fmt::join(routes.interfaces_like(*route), " "));
  }
  return out;
}

// Docker's names of it are not asked for between the chains, only whether the bridge knows its port.
std::string EndKinds::of_docker(const Ip& ip) const {
  std::string out = unevaluated_network(host_, ip).value_or("");
  const auto& compiled = host_.compiled();
  if (!compiled.facts.docker) return out;
  for (const auto& container : compiled.facts.docker->containers) {
    if (!contains(container.addresses, ip, &ContainerAddress::ip)) continue;
    for (const auto& port : container.interfaces)
      if (auto bridge = bridge_of(compiled, port); !bridge.empty())
        out += " " + (are_ports_asked_ ? port : bridge);
  }
  return out;
}

// Who is bound to that very address, of the host or of a container.
std::string EndKinds::of_listeners(const Ip& ip) const {
  std::string out;
  const auto& facts = host_.facts();
  if (facts.listeners)
    for (std::size_t i = 0; i < facts.listeners->size(); ++i)
      if ((*facts.listeners)[i].address == ip) out += fmt::format(" l{}", i);
  if (!facts.docker) return out;
  for (const auto& container : facts.docker->containers) {
    for (const auto& port : container.ports)
      if (port.host_ip == ip) out += fmt::format(" {}/{}", port.host_port, port.protocol);
    if (!contains(container.addresses, ip, &ContainerAddress::ip)) continue;
    out += container.listeners ? " container" : " container?";
    for (const auto& listening : container.listeners.value_or(std::vector<Container::Listening>()))
      if (is_any(listening.address) || listening.address == ip)
        out += fmt::format(" {}:{}/{}", static_cast<int>(listening.address.family()), listening.port,
                           listening.protocol);
  }
  return out;
}

std::vector<Ip> beside(const TracedHost& host, const Ip& ip) {
  std::vector<Ip> out = {ip};
  if (!host.facts().docker) return out;
  for (const auto& container : host.facts().docker->containers) {
    if (!contains(container.addresses, ip, &ContainerAddress::ip)) continue;
    for (const auto& address : container.addresses)
      if (!contains(out, address.ip)) out.push_back(address.ip);
  }
  return out;
}

}  // namespace pyfw
