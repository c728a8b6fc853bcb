#include "prove/source_kinds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/contains.h"
#include "prove/host_questions.h"
#include "trace/bits.h"
#include "trace/bridge.h"
#include "trace/compiled_host.h"
#include "trace/receivers.h"

namespace pyfw {
namespace {

std::string text_of(const std::optional<Ip>& ip) { return ip ? ip->to_string() : "-"; }

bool asks_for_ports(const TracedHost& host, std::span<const Set> sets) {
  auto is_asked = [](const Rule& rule) { return rule.text.find("physdev") != std::string::npos; };
  for (std::size_t chain = 0; chain < host.chain_count(); ++chain)
    if (std::ranges::any_of(host.chain(static_cast<ChainIndex>(chain)).rules, is_asked)) return true;
  return std::ranges::any_of(sets, [](const Set& set) {
    return std::ranges::any_of(
        set.members, [](const std::string& member) { return member.find("physdev:") != std::string::npos; });
  });
}

}  // namespace

SourceKinds::SourceKinds(const TracedHost& host, std::span<const Set> sets, Family family)
    : host_(host), are_ports_asked_(asks_for_ports(host, sets)) {
  const auto& compiled = host.compiled();
  for (const auto& prefix : known_kinds(family)) told_apart_.push_back(prefix);
  for (const auto& rule : compiled.facts.rules) {
    for (const auto& prefix : {rule.from, rule.to})
      if (prefix) told_apart_.push_back(*prefix);
    if (!rule.others.empty()) are_lengths_asked_ = true;
  }
  for (const auto& interface : compiled.facts.interfaces)
    for (const auto& address : interface.addresses) {
      told_apart_.push_back(address);
      told_apart_.push_back({.ip = address.ip, .length = address_bits(address.ip.family())});
    }
  for (const auto& rules : compiled.rules)
    for (const auto& rule : rules) {
      const auto* nat = std::get_if<Nat>(&rule.compiled.target);
      if (nat == nullptr) continue;
      if (nat->network) told_apart_.push_back(*nat->network);
      if (nat->addresses && nat->addresses->first != nat->addresses->last) ranges_.push_back(*nat->addresses);
    }
  std::erase_if(told_apart_, [&](const Prefix& prefix) { return prefix.ip.family() != family; });
}

std::string SourceKinds::of(const Ip& ip) const {
  std::string out;
  for (std::size_t i = 0; i < told_apart_.size(); ++i)
    if (covers(told_apart_[i], ip)) out += fmt::format("{} ", i);
  for (std::size_t i = 0; i < ranges_.size(); ++i)
    if (ranges_[i].first <= ip && ip <= ranges_[i].last) out += fmt::format("r{} ", i);
  const auto& routes = host_.compiled().routes;
  // Of each table the best, and the best of those by each interface, where only that may be taken.
  std::set<std::pair<std::uint32_t, std::string_view>> seen;
  for (const auto* route : routes.all_to(ip)) {
    if (!seen.emplace(route->table, route->interface).second) continue;
    out += fmt::format("{} {} {} {} {} {} {},", route->table, static_cast<int>(route->type), route->interface,
                       text_of(route->gateway), text_of(route->preferred_source),
                       are_lengths_asked_ ? route->destination.length : 0,
                       fmt::join(routes.interfaces_like(*route), " "));
  }
  return out + text_of(own_source(host_, ip)) + of_docker(ip);
}

// Docker's names of it are not asked for between the chains, only whether the bridge knows its port.
std::string SourceKinds::of_docker(const Ip& ip) const {
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
