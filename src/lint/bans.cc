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

// In that chain the first rule that is this one or leads to its chain.
std::optional<std::uint32_t> way_to(const CompiledHost& host, const RuleRef& rule, ChainIndex from) {
  if (from == rule.chain) return rule.rule;
  const auto& rules = host.rules[from];
  for (std::uint32_t i = 0; i < rules.size(); ++i)
    if (rules[i].to == rule.chain) return i;
  return {};
}

// The first of their rules that stands below this one, and that packets of strangers would meet.
std::optional<RuleRef> banned_below(Linted& linted, TablePackets& packets, const RuleRef& rule) {
  const auto& host = linted.host().compiled();
  auto strangers =
      packets.both(packets.both(packets.from_anyone(), packets.in_state(kStateNew)), packets.usual());
  for (auto chain : packets.table().chains()) {
    auto at = way_to(host, rule, chain);
    if (!at) continue;
    for (auto i = *at + 1; i < host.rules[chain].size(); ++i) {
      RuleRef below{.chain = chain, .rule = i};
      if (linted.wish_of(below) != nullptr || !bans_in(linted.host().rule(below))) continue;
      if (packets.takes(rule, packets.both(strangers, packets.matched_by(below)))) return below;
    }
  }
  return {};
}

}  // namespace

void find_accepts_before_bans(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, wish.id.table);
    if (packets == nullptr || wish.id.table != "filter" || wish.rules.empty()) continue;
    const auto& rule = wish.rules.front();
    if (!std::holds_alternative<Accept>(linted.compiled(rule).target)) continue;
    auto below = banned_below(linted, *packets, rule);
    if (!below) continue;
    const auto& text = linted.host().rule(*below);
    auto bans = bans_in(text);
    auto where = below->chain == rule.chain
                     ? std::string("above this rule")
                     : fmt::format("into {}, above what leads here", linted.host().chain(below->chain).name);
    report.add(
        wish.written->target.place,
        fmt::format("'{}' lets in whom {} has banned", wish.called(), bans->row->program),
        {.why = fmt::format("its rule stands below this one: `{}`", text.text),
         .instead = fmt::format("put `- ~match: {}` {}: then {}'s rules stay there, also when it writes "
                                "them anew",
                                bans->name, where, bans->row->program)});
  }
}

}  // namespace pyfw
