// Accepts above the rules by which fail2ban and the like keep out whom they have banned.

#include <fmt/format.h>

#include <variant>

#include "host/maintained_chains.h"
#include "lint/asking.h"
#include "lint/lints.h"

namespace pyfw {
namespace {

// By which a rule is known for one of theirs: the name of the chain or set, or how all of theirs begin.
struct Bans {
  const MaintainerRow* row = nullptr;
  std::string_view name;
};

std::optional<Bans> bans_in(const Rule& rule) {
  for (const auto& row : maintainer_rows()) {
    if (!row.bans) continue;
    auto found = pattern_for(row.chains, target_of(rule));
    for (const auto& set : sets_named_by(rule))
      if (found.empty()) found = pattern_for(row.sets, set);
    if (found.empty()) continue;
    if (found.ends_with('*')) found.remove_suffix(1);
    return Bans{.row = &row, .name = found};
  }
  return {};
}

// The first of their rules that stands below this one in its chain, and that packets of strangers would meet.
const Rule* banned_below(Linted& linted, TablePackets& packets, const RuleRef& rule) {
  const auto& chain = linted.host().compiled().rules[rule.chain];
  auto strangers =
      packets.both(packets.both(packets.from_anyone(), packets.in_state(kStateNew)), packets.usual());
  for (auto i = rule.rule + 1; i < chain.size(); ++i) {
    RuleRef below{.chain = rule.chain, .rule = i};
    const auto& text = linted.host().rule(below);
    if (linted.wish_of(below) != nullptr || !bans_in(text)) continue;
    if (packets.takes(rule, packets.both(strangers, packets.matched_by(below)))) return &text;
  }
  return nullptr;
}

}  // namespace

void find_accepts_before_bans(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, wish.id.table);
    if (packets == nullptr || wish.id.table != "filter" || wish.rules.empty()) continue;
    const auto& rule = wish.rules.front();
    if (!std::holds_alternative<Accept>(linted.compiled(rule).target)) continue;
    const auto* below = banned_below(linted, *packets, rule);
    if (below == nullptr) continue;
    auto bans = bans_in(*below);
    report.add(wish.written->target.place,
               fmt::format("'{}' lets in whom {} has banned", wish.called(), bans->row->program),
               {.why = fmt::format("its rule stands below this one: `{}`", below->text),
                .instead = fmt::format("put `- ~match: {}` above this rule: then {}'s rules stay there, also "
                                       "when it writes them anew",
                                       bans->name, bans->row->program)});
  }
}

}  // namespace pyfw
