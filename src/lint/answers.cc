// Answers that FORWARD does not let back.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lint/asking.h"
#include "lint/lints.h"

namespace pyfw {
namespace {

// Neither from or to the host itself nor its containers: Docker sees to their answers.
Bdd::Node between_others(TablePackets& packets) {
  auto out = packets.everything();
  for (auto known : {packets.by_loopback(), packets.to_loopback(), packets.by_bridge(), packets.to_bridge()})
    out = packets.without(out, known);
  return out;
}

// Beside Docker a rule that does not say where its packets go is mostly meant for containers.
bool is_about_others(const Linted& linted, const CompiledRule& rule) {
  return !linted.has_docker() || std::ranges::any_of(rule.conditions, [](const Condition& condition) {
    const auto* name = std::get_if<InterfaceIs>(&condition.kind);
    return name != nullptr && name->field == InterfaceField::kOut && !name->inverted;
  });
}

// They come by where the packets of the rule go out, and the other way round.
Bdd::Node answers_to(TablePackets& packets, const CompiledRule& rule) {
  auto out = packets.answers_of_services();
  for (const auto& condition : rule.conditions)
    if (const auto* name = std::get_if<InterfaceIs>(&condition.kind); name != nullptr && !name->inverted)
      out = packets.without(out, packets.table().looks().fits(*name));
  return out;
}

Bdd::Node new_connections(TablePackets& packets) {
  auto out = packets.both(packets.number(NumberField::kProtocol, kTcp),
                          packets.number(NumberField::kTcpFlags, kSyn));
  return packets.both(out, packets.in_state(kStateNew));
}

}  // namespace

void find_forward_without_established(Linted& linted, Report& report) {
  for (auto family : kFamilies) {
    auto* packets = linted.packets(family, "filter");
    auto forward = linted.chain(family, "filter", "FORWARD");
    if (packets == nullptr || !forward) continue;
    auto others = between_others(*packets);
    auto opened = packets->both(packets->both(new_connections(*packets), others), packets->usual());
    for (const auto& wish : linted.rules()) {
      bool is_here = wish.id.family == family && wish.id.table == "filter" && !wish.rules.empty();
      if (!is_here) continue;
      const auto& rule = wish.rules.front();
      const auto& compiled = linted.compiled(rule);
      if (!std::holds_alternative<Accept>(compiled.target) || !is_about_others(linted, compiled)) continue;
      if (!linted.is_reached_from(rule.chain, "FORWARD") || !packets->takes(rule, opened)) continue;
      if (packets->lets_through(*forward, packets->both(answers_to(*packets, compiled), others))) continue;
      report.add(wish.written->target.place,
                 fmt::format("nothing lets back the answers to what '{}' lets through", wish.called()),
                 {.why = "they come by FORWARD too, the other way round, and are dropped there",
                  .instead = "accept first `-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`"});
      break;
    }
  }
}

}  // namespace pyfw
