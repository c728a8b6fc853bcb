// Accepts above the rules by which fail2ban and the like keep out whom they have banned.

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <variant>
#include <vector>

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

// A rule of theirs, and the packets of strangers that it takes.
struct BanRule {
  RuleRef rule{};
  Bdd::Node takes = Bdd::kNone;
};

// Most hosts have none.
std::vector<BanRule> ban_rules(const Linted& linted, TablePackets& packets) {
  std::vector<BanRule> out;
  auto strangers = packets.both(packets.from_anyone(), packets.in_state(kStateNew));
  strangers = packets.both(strangers, packets.usual());
  for (auto chain : packets.table().chains()) {
    auto count = static_cast<std::uint32_t>(linted.host().compiled().rules[chain].size());
    for (std::uint32_t i = 0; i < count; ++i)
      if (RuleRef rule{.chain = chain, .rule = i}; linted.wish_of(rule) == nullptr)
        if (bans_in(linted.host().rule(rule)))
          out.push_back({.rule = rule, .takes = packets.both(strangers, packets.matched_by(rule))});
  }
  return out;
}

// In that chain the first rule that is this one or leads to its chain.
std::optional<std::uint32_t> way_to(const RuleRef& rule, ChainIndex from, const TableReach& table) {
  if (from == rule.chain) return rule.rule;
  auto caller = std::ranges::find(table.callers(rule.chain), from, &RuleRef::chain);
  if (caller == table.callers(rule.chain).end()) return {};
  return caller->rule;
}

// The first of their rules that stands below this one, and that packets of strangers would meet.
std::optional<RuleRef> banned_below(TablePackets& packets, std::span<const BanRule> bans,
                                    const RuleRef& rule) {
  for (const auto& ban : bans) {
    auto at = way_to(rule, ban.rule.chain, packets.table());
    if (at && *at < ban.rule.rule && packets.takes(rule, ban.takes)) return ban.rule;
  }
  return {};
}

void find_above_bans(Family family, Linted& linted, Report& report) {
  auto* packets = linted.packets(family, "filter");
  if (packets == nullptr) return;
  auto bans = ban_rules(linted, *packets);
  if (bans.empty()) return;
  for (const auto& wish : linted.rules()) {
    if (wish.id.family != family || wish.id.table != "filter" || wish.rules.empty()) continue;
    const auto& rule = wish.rules.front();
    if (!std::holds_alternative<Accept>(linted.compiled(rule).target)) continue;
    auto below = banned_below(*packets, bans, rule);
    if (!below) continue;
    const auto& text = linted.host().rule(*below);
    auto theirs = bans_in(text);
    auto where = below->chain == rule.chain
                     ? std::string("above this rule")
                     : fmt::format("into {}, above what leads here", linted.host().chain(below->chain).name);
    report.add(
        wish.written->target.place,
        fmt::format("'{}' lets in whom {} has banned", wish.called(), theirs->row->program),
        {.why = fmt::format("its rule stands below this one: `{}`", text.text),
         .instead = fmt::format("put `- ~match: {}` {}: then {}'s rules stay there, also when it writes "
                                "them anew",
                                theirs->name, where, theirs->row->program)});
  }
}

}  // namespace

void find_accepts_before_bans(Linted& linted, Report& report) {
  for (auto family : kFamilies) find_above_bans(family, linted, report);
}

}  // namespace pyfw
