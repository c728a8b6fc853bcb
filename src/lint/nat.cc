// Translations that do more than was meant, or nothing.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lint/asking.h"
#include "lint/lints.h"
#include "net/address_kinds.h"
#include "net/protocol.h"

namespace pyfw {
namespace {

const Nat* nat_of(const CompiledRule& rule, Nat::Kind kind) {
  const auto* nat = std::get_if<Nat>(&rule.target);
  return nat != nullptr && nat->kind == kind ? nat : nullptr;
}

// What comes in by the way out of the host, where the rule is about that alone.
bool is_from_outside(const Linted& linted, const CompiledRule& rule) {
  return std::ranges::any_of(rule.conditions, [&](const Condition& condition) {
    const auto* name = std::get_if<InterfaceIs>(&condition.kind);
    return name != nullptr && name->field == InterfaceField::kIn && !name->inverted && !name->is_prefix &&
           name->name == linted.roles().external;
  });
}

// Whether the kernel routes packets to 127.0.0.0/8 that came in from outside; yes where nobody knows.
bool may_route_loopback(const Facts& facts) {
  return !facts.settings || std::ranges::any_of(facts.settings->interfaces, [](const auto& interface) {
    return interface.first != "lo" && interface.first != "default" && interface.second.route_localnet;
  });
}

}  // namespace

void find_masquerades_of_everything(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty()) continue;
    const auto& compiled = linted.compiled(wish.rules.front());
    bool is_all = compiled.conditions.empty() && nat_of(compiled, Nat::Kind::kMasquerade) != nullptr;
    if (!is_all || !linted.host().chain(wish.rules.front().chain).is_builtin) continue;
    report.add(
        wish.written->target.place, fmt::format("'{}' masquerades everything", wish.called()),
        {.why = "whatever leaves gets the host's address, on its way to containers too: they see no more "
                "who asks",
         .instead = "say where it goes out, and whose it is: `-s 10.0.0.0/24 -o "
                    "${external_interface} -j MASQUERADE`"});
  }
}

void find_dnat_to_loopback(Linted& linted, Report& report) {
  if (may_route_loopback(linted.facts())) return;
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty() || wish.id.table != "nat" || wish.id.family != Family::kIpv4) continue;
    const auto& rule = wish.rules.front();
    const auto* nat = nat_of(linted.compiled(rule), Nat::Kind::kDnat);
    bool is_loopback_end = nat != nullptr && nat->addresses && is_loopback(nat->addresses->first);
    if (!is_loopback_end || !linted.is_reached_from(rule.chain, "PREROUTING")) continue;
    report.add(wish.place_of({"--to-destination"}),
               fmt::format("what '{}' translates is dropped", wish.called()),
               {.why = "the kernel routes nothing from outside to 127.0.0.0/8 while route_localnet is off",
                .instead = "use `-j REDIRECT --to-ports PORT` with a service that listens on the interface's "
                           "address"});
  }
}

void find_dnat_that_forward_stops(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty() || wish.id.table != "nat") continue;
    const auto& rule = wish.rules.front();
    const auto& compiled = linted.compiled(rule);
    const auto* nat = nat_of(compiled, Nat::Kind::kDnat);
    if (nat == nullptr || !nat->addresses || !linted.is_reached_from(rule.chain, "PREROUTING")) continue;
    const auto& first = nat->addresses->first;
    if (is_loopback(first) || is_local_address(linted.host(), first)) continue;
    auto* packets = linted.packets(wish.id.family, "filter");
    auto forward = linted.chain(wish.id.family, "filter", "FORWARD");
    if (packets == nullptr || !forward) continue;
    auto asked = packets->both(packets->to_destination(*nat->addresses), packets->in_state(kStateNew));
    if (is_from_outside(linted, compiled))
      asked =
          packets->both(asked, packets->table().looks().fits(InterfaceIs{.name = linted.roles().external}));
    std::string words = fmt::format("-d {}", first.to_string());
    for (auto protocol : {kTcp, kUdp})
      if (is_for(compiled, protocol)) {
        asked = packets->both(asked, packets->number(NumberField::kProtocol, protocol));
        words += fmt::format(" -p {}", name_of_protocol(protocol));
        if (!nat->ports || nat->ports->first != nat->ports->last) continue;
        asked = packets->both(asked, packets->number(NumberField::kDestinationPort, nat->ports->first));
        words += fmt::format(" --dport {}", nat->ports->first);
      }
    if (packets->lets_through(*forward, packets->both(asked, packets->everything()))) continue;
    report.add(wish.place_of({"--to-destination"}),
               fmt::format("FORWARD lets nothing through to where '{}' leads", wish.called()),
               {.why = "what is translated is forwarded, and has its new address and port there",
                .instead = fmt::format("accept in FORWARD `{} -j ACCEPT`", words)});
  }
}

}  // namespace pyfw
