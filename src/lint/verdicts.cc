// Accepts and drops that take more than their author can have meant, or nothing.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lint/asking.h"
#include "lint/closed.h"
#include "lint/lints.h"

namespace pyfw {
namespace {

// `--ctstate NEW,RELATED,ESTABLISHED` and nothing else: what is left is INVALID and UNTRACKED.
bool asks_for_states_only(Linted& linted, const RuleRef& rule) {
  const auto& compiled = linted.compiled(rule);
  const auto& chain = linted.host().chain(rule.chain);
  auto* packets = linted.packets(chain.family, chain.table);
  if (packets == nullptr || compiled.conditions.empty() || !compiled.uncertain.empty()) return false;
  bool is_of_states = std::ranges::all_of(compiled.conditions, [](const Condition& condition) {
    const auto* number = std::get_if<NumberIn>(&condition.kind);
    return number != nullptr && number->field == NumberField::kCtState;
  });
  return is_of_states &&
         packets->takes(rule, packets->both(packets->in_state(kStateNew), packets->everything()));
}

}  // namespace

void find_accepts_of_everything(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty() || wish.id.table != "filter" || wish.id.chain == "OUTPUT") continue;
    const auto& rule = wish.rules.front();
    const auto& compiled = linted.compiled(rule);
    const auto& chain = linted.host().chain(rule.chain);
    bool has_no_match = compiled.conditions.empty() && compiled.uncertain.empty();
    bool is_all = has_no_match || asks_for_states_only(linted, rule);
    if (!is_all || !std::holds_alternative<Accept>(compiled.target) || !chain.is_builtin) continue;
    const auto& rules = linted.host().compiled().rules[rule.chain];
    bool has_stop_behind =
        std::ranges::any_of(rules.begin() + rule.rule + 1, rules.end(),
                            [](const ChainRule& behind) { return drops_or_rejects(behind.compiled); });
    if (chain.policy != "DROP" && !has_stop_behind) continue;
    report.add(
        wish.written->target.place, fmt::format("'{}' accepts everything", wish.called()),
        {.why = !has_no_match ? "each connection begins with a packet that is NEW, so that none is kept out"
                : has_stop_behind ? "no packet gets past it, so that no drop behind it ever matches"
                                  : "no packet gets past it, so that the policy DROP never decides",
         .instead = "say for whom it is: an interface, addresses, ports"});
  }
}

// Where all that there is accepts, the accepts are for nothing.
void find_accepts_without_drops(Linted& linted, Report& report) {
  for (const auto& [id, wishes] : linted.input().wishes.chains) {
    auto chain = linted.chain(id.family, id.table, id.chain);
    bool is_decisive = id.table == "filter" && (id.chain == "INPUT" || id.chain == "FORWARD");
    bool knows_policy = linted.input().knows_rules || wishes.default_action;
    if (!is_decisive || !chain || !knows_policy || linted.host().chain(*chain).policy != "ACCEPT") continue;
    const auto& rules = linted.host().compiled().rules[*chain];
    // Others may yet put drops into chains of theirs.
    bool only_accepts = !rules.empty() && std::ranges::all_of(rules, [](const ChainRule& rule) {
      return std::holds_alternative<Accept>(rule.compiled.target) ||
             std::holds_alternative<Continue>(rule.compiled.target);
    });
    if (!only_accepts) continue;
    const LintedRule* first = nullptr;
    for (const auto& wish : linted.rules())
      if (first == nullptr && wish.id == id && !wish.rules.empty() &&
          std::holds_alternative<Accept>(linted.compiled(wish.rules.front()).target))
        first = &wish;
    if (first == nullptr) continue;
    report.add(wishes.default_action ? wishes.default_action->place : first->written->target.place,
               fmt::format("{} accepts everything, with or without these rules", id.chain),
               {.why = "its policy is ACCEPT, and no rule of it drops or rejects anything",
                .instead = "wish `default_action: DROP`, once all is accepted that shall get in"});
  }
}

void find_drops_of_icmp_errors(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, wish.id.table);
    if (packets == nullptr || wish.id.table == "nat") continue;
    bool is_ipv4 = wish.id.family == Family::kIpv4;
    for (const auto& rule : wish.rules) {
      const auto& compiled = linted.compiled(rule);
      bool is_of_all = is_for(compiled, is_ipv4 ? kIcmp : kIcmp6) && !names_members_as_source(compiled);
      if (!drops_or_rejects(compiled) || !is_of_all) continue;
      auto asked = packets->both(packets->both(packets->too_big(), packets->usual()), packets->from_anyone());
      if (!packets->takes(rule, asked)) continue;
      report.add(
          wish.written->target.place,
          fmt::format("'{}' drops {}'s errors too", wish.called(), is_ipv4 ? "ICMP" : "ICMPv6"),
          {.why = "without 'packet too big', connections over a narrower link hang as soon as they carry "
                  "much",
           .instead = is_ipv4 ? "accept RELATED before it, or drop `--icmp-type echo-request` only"
                              : "accept RELATED before it, or drop `--icmpv6-type echo-request` only"});
      break;
    }
  }
}

}  // namespace pyfw
