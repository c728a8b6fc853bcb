// Accepts of whoever sends from a port, which he chooses himself.

#include <fmt/format.h>

#include <variant>

#include "lint/asking.h"
#include "lint/lints.h"

namespace pyfw {

void find_accepts_by_source_port(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, wish.id.table);
    if (packets == nullptr || wish.id.table != "filter" || wish.rules.empty()) continue;
    const auto& rule = wish.rules.front();
    const auto& compiled = linted.compiled(rule);
    bool is_by_source =
        asks(compiled, NumberField::kSourcePort) && !asks(compiled, NumberField::kDestinationPort);
    if (!is_by_source || !std::holds_alternative<Accept>(compiled.target)) continue;
    if (!linted.is_reached_from(rule.chain, "INPUT") && !linted.is_reached_from(rule.chain, "FORWARD"))
      continue;
    auto asked = packets->number(NumberField::kDestinationPort, packets->unnamed_port());
    asked = packets->both(packets->both(asked, packets->in_state(kStateNew)), packets->from_anyone());
    if (!packets->takes(rule, packets->both(asked, packets->usual()))) continue;
    report.add(wish.place_of({"--sport", "--sports", "--source-port", "--source-ports"}),
               fmt::format("'{}' lets in, to every port, whoever sends from that one", wish.called()),
               {.why = "the port from which one sends is his own choice, so this keeps nobody out",
                .instead = "where answers are meant: `-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`; "
                           "else name the port that they may reach, by `--dport`"});
  }
}

}  // namespace pyfw
