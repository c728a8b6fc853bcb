// Translations that do more than was meant, or nothing.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lint/lints.h"
#include "net/address_kinds.h"

namespace pyfw {
namespace {

const Nat* nat_of(const CompiledRule& rule, Nat::Kind kind) {
  const auto* nat = std::get_if<Nat>(&rule.target);
  return nat != nullptr && nat->kind == kind ? nat : nullptr;
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

}  // namespace pyfw
