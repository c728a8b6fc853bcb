// Accepts up to a limit, where what is beyond the limit is accepted too.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lint/asking.h"
#include "lint/lints.h"

namespace pyfw {
namespace {

bool has_limit(const CompiledRule& rule) {
  return std::ranges::any_of(rule.uncertain, [](const UncertainMatch& match) {
    return match.text.starts_with("-m limit") || match.text.starts_with("-m hashlimit");
  });
}

}  // namespace

void find_limits_of_nothing(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, wish.id.table);
    if (packets == nullptr || wish.id.table != "filter" || wish.rules.empty()) continue;
    const auto& rule = wish.rules.front();
    const auto& compiled = linted.compiled(rule);
    if (!has_limit(compiled) || !std::holds_alternative<Accept>(compiled.target)) continue;
    auto asked = packets->both(packets->matched_by(rule), packets->everything());
    bool is_asked = false;
    bool stops_some = false;
    bool stops_any = false;
    for (auto builtin : {"INPUT", "FORWARD", "OUTPUT"}) {
      if (!linted.is_reached_from(rule.chain, builtin)) continue;
      auto chain = *linted.chain(wish.id.family, "filter", builtin);
      is_asked = true;
      stops_some = stops_some || packets->stops(chain, asked);
      stops_any = stops_any || packets->stops(chain, packets->everything());
    }
    // Where nothing is stopped at all, that is said of the chain.
    if (!is_asked || stops_some || !stops_any) continue;
    report.add(wish.written->target.place, fmt::format("'{}' limits nothing", wish.called()),
               {.why = "what is beyond the limit does not match, goes on, and is accepted all the same",
                .instead = "drop it behind this rule: the same matches without the limit, and `-j DROP`"});
  }
}

}  // namespace pyfw
