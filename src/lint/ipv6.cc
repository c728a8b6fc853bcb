// What is closed over IPv4 and open over IPv6.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lint/asking.h"
#include "lint/closed.h"
#include "lint/lints.h"
#include "net/address_kinds.h"

namespace pyfw {
namespace {

// Interfaces with an address by which others than the neighbours reach it.
std::size_t ways_of_ipv6(const Facts& facts) {
  return static_cast<std::size_t>(std::ranges::count_if(facts.interfaces, [](const Interface& interface) {
    return interface.name != "lo" && std::ranges::any_of(interface.addresses, [](const Prefix& address) {
             return address.ip.family() == Family::kIpv6 && !is_link_local(address.ip);
           });
  }));
}

bool has_ipv6(const Facts& facts) { return ways_of_ipv6(facts) > 0; }

bool forwards_ipv6(const Facts& facts) {
  if (!facts.settings || ways_of_ipv6(facts) < 2) return false;
  auto all = facts.settings->interfaces.find("all");
  return all != facts.settings->interfaces.end() && all->second.forwards_ipv6;
}

// The wished rule that keeps strangers from the container's port over IPv4, where one does.
const LintedRule* rule_that_closes(Linted& linted, const PublishedHere& port) {
  auto* packets = linted.packets(Family::kIpv4, "filter");
  auto forward = linted.chain(Family::kIpv4, "filter", "FORWARD");
  if (packets == nullptr || !forward) return nullptr;
  auto asked = packets->both(packets->from_anyone(), packets->opening(port.protocol, port.container_port));
  asked = packets->both(asked, packets->number(NumberField::kOriginalDestinationPort, port.host_port));
  asked = packets->both(packets->both(asked, packets->to_bridge()), packets->usual());
  if (packets->lets_through(*forward, asked)) return nullptr;
  for (const auto& wish : linted.rules())
    for (const auto& rule : wish.rules) {
      bool is_here = wish.id.family == Family::kIpv4 && wish.id.table == "filter";
      bool is_stop = drops_or_rejects(linted.compiled(rule));
      if (is_here && is_stop && linted.is_reached_from(rule.chain, "FORWARD") && packets->takes(rule, asked))
        return &wish;
    }
  return nullptr;
}

// Whether a stranger's packet gets to a process of the host over IPv6: past what has PREROUTING, and INPUT.
bool lets_in_ipv6(Linted& linted, const PublishedHere& port) {
  for (auto [table, builtin] :
       {std::pair("raw", "PREROUTING"), {"mangle", "PREROUTING"}, {"mangle", "INPUT"}, {"filter", "INPUT"}}) {
    auto chain = linted.chain(Family::kIpv6, table, builtin);
    if (!chain) continue;
    auto* packets = linted.packets(Family::kIpv6, table);
    if (packets == nullptr) return false;
    auto asked = packets->both(packets->from_anyone(), packets->opening(port.protocol, port.host_port));
    if (packets->stops(*chain, packets->both(asked, packets->usual()))) return false;
  }
  return true;
}

void find_forward_left_open(Linted& linted, Report& report) {
  bool is_sure = linted.input().knows_facts && linted.input().knows_rules;
  if (!is_sure || !forwards_ipv6(linted.facts()) || !is_open(linted, Family::kIpv6, "FORWARD")) return;
  if (auto place = closed_at(linted, Family::kIpv4, "FORWARD"))
    report.add(*place, "FORWARD is closed over IPv4 and open over IPv6",
               {.why = "this host forwards IPv6 too, and whatever is behind it is reached by it",
                .instead = "wish the same under ip46tables, or `default_action: DROP` under ip6tables"});
}

}  // namespace

void find_ipv6_left_open(Linted& linted, Report& report) {
  find_forward_left_open(linted, report);
  auto place = closed_at(linted, Family::kIpv4, "INPUT");
  bool has_nothing_to_open = linted.input().knows_facts && !has_ipv6(linted.facts());
  if (!place || has_nothing_to_open || !is_open(linted, Family::kIpv6, "INPUT")) return;
  bool is_sure = linted.input().knows_facts && linted.input().knows_rules;
  report.add(is_sure ? Severity::kWarning : Severity::kNote, *place,
             "INPUT is closed over IPv4 and open over IPv6",
             {.why = is_sure ? "this host has an address of IPv6, and whoever has one too gets in by it"
                             : "whoever reaches the host over IPv6 gets in",
              .instead = "wish the same under ip46tables, with `-p ipv6-icmp -j ACCEPT` under ip6tables"});
}

// docker-proxy takes what no DNAT rule does: then it is INPUT's, not FORWARD's.
void find_proxies_past_wishes(Linted& linted, Report& report) {
  bool has_way_in = linted.input().knows_facts && has_ipv6(linted.facts());
  for (const auto& port : linted.published()) {
    bool is_proxied = port.family == Family::kIpv6 && port.is_proxied && !port.is_translated;
    if (!has_way_in || !is_proxied || !lets_in_ipv6(linted, port)) continue;
    auto over_ipv4 = port;
    over_ipv4.family = Family::kIpv4;
    const auto* wish = rule_that_closes(linted, over_ipv4);
    if (wish == nullptr) continue;
    report.add(
        wish->written->target.place, fmt::format("over IPv6 {} stays open to everyone", port.words()),
        {.why = "the container has no address of IPv6, so docker-proxy takes the connection: that passes "
                "INPUT, and no rule of FORWARD or DOCKER-USER",
         .instead = fmt::format("drop it in ip6tables' INPUT, or in both families in mangle PREROUTING: "
                                "`-i ${{external_interface}} -p {} --dport {} -j DROP`",
                                port.protocol == kUdp ? "udp" : "tcp", port.host_port)});
  }
}

}  // namespace pyfw
