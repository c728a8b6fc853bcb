// Rules that no packet ever matches, by why that is so.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ask/verdict_words.h"
#include "lint/lints.h"

namespace pyfw {
namespace {

using Why = DeadRule::Why;

// Of wishes alone.
void visit_dead(Linted& linted, const std::function<void(const LintedRule&, const DeadRule&)>& visit) {
  std::set<std::pair<Family, std::string>> tables;
  for (const auto& [id, chain] : linted.input().wishes.chains) tables.emplace(id.family, id.table);
  for (const auto& [family, table] : tables)
    for (const auto& dead : linted.dead_rules_of(family, table))
      if (const auto* wish = linted.wish_of(dead.rule)) visit(*wish, dead);
}

bool have_one_target(const Linted& linted, const DeadRule& dead) {
  auto ours = target_of(linted.host().rule(dead.rule));
  return std::ranges::all_of(
      dead.because, [&](const RuleRef& rule) { return target_of(linted.host().rule(rule)) == ours; });
}

// One above it in its chain says the same of the same packets, or of more. Bans and the like may take some of
// them before both, which tells nothing of this one.
bool is_said_above(const Linted& linted, const DeadRule& dead) {
  if (dead.enough == 0 || dead.because[0].chain != dead.rule.chain) return false;
  const auto& host = linted.host();
  return target_of(host.rule(dead.because[0])) == target_of(host.rule(dead.rule));
}

bool is_repeated(const Linted& linted, const DeadRule& dead) {
  return have_one_target(linted, dead) || is_said_above(linted, dead);
}

bool is_return_of_others(const Linted& linted, const RuleRef& rule) {
  return linted.host().chain(rule.chain).name == "DOCKER-USER" && linted.wish_of(rule) == nullptr &&
         linted.host().rule(rule).text == "-j RETURN";
}

bool is_behind_return(const Linted& linted, const DeadRule& dead) {
  return dead.why == Why::kTaken && dead.because.size() == 1 && is_return_of_others(linted, dead.because[0]);
}

std::string list_of(const Linted& linted, const std::vector<RuleRef>& rules) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(rules.size(), kMost); ++i)
    names.push_back(describe_rule(linted.host(), rules[i]));
  if (rules.size() > kMost) names.push_back(fmt::format("and {} more", rules.size() - kMost));
  return fmt::format("{}", fmt::join(names, "; "));
}

// An interface that packets in none of the rule's hooks have: its option, or empty.
std::string_view wrong_interface(Linted& linted, const RuleRef& rule) {
  const auto& chain = linted.host().chain(rule.chain);
  auto* packets = linted.packets(chain.family, chain.table);
  if (packets == nullptr) return {};
  auto& table = packets->table();
  auto hooks = table.in_hooks(rule.chain);
  if (hooks == Bdd::kNone) return {};
  for (const auto& condition : linted.compiled(rule).conditions) {
    const auto* name = std::get_if<InterfaceIs>(&condition.kind);
    if (name == nullptr || name->inverted) continue;
    bool is_in = name->field == InterfaceField::kIn;
    if (!is_in && name->field != InterfaceField::kOut) continue;
    auto some = table.looks().is_somewhere(is_in ? Look::kIn : Look::kOut);
    if (!table.looks().bdd().meet(some, hooks)) return is_in ? "-i" : "-o";
  }
  return {};
}

// One whose members the rule asks for, and which is wished to have none; or null.
const SetWish* empty_set_of(Linted& linted, const RuleRef& rule) {
  const auto& sets = linted.input().wishes.sets;
  for (const auto& condition : linted.compiled(rule).conditions) {
    const auto* member = std::get_if<InSet>(&condition.kind);
    if (member == nullptr || member->inverted) continue;
    auto wish = sets.find(member->name);
    if (wish == sets.end() || !wish->second.members_equal) continue;
    if (wish->second.members_equal->empty()) return &wish->second;
  }
  return nullptr;
}

// Older kernels do not tell POSTROUTING where a packet came in.
bool is_in_postrouting_only(Linted& linted, const RuleRef& rule) {
  for (auto builtin : {"PREROUTING", "INPUT", "FORWARD"})
    if (linted.is_reached_from(rule.chain, builtin)) return false;
  return linted.is_reached_from(rule.chain, "POSTROUTING");
}

}  // namespace

void find_rules_that_never_match(Linted& linted, Report& report) {
  visit_dead(linted, [&](const LintedRule& wish, const DeadRule& dead) {
    if (dead.why == Why::kUncalled || dead.why == Why::kCalledByDead) return;
    if (!wrong_interface(linted, dead.rule).empty()) return;
    if (const auto* set = dead.why == Why::kContradicts ? empty_set_of(linted, dead.rule) : nullptr)
      return report.add(
          wish.place(), fmt::format("'{}' never matches", wish.called()),
          {.why = fmt::format("the set {} is wished to be empty ({})", set->name, where(set->place)),
           .instead = "put in who is meant; where others fill it, leave `members_equal` out"});
    if (dead.why == Why::kContradicts)
      return report.add(wish.place(), fmt::format("'{}' never matches", wish.called()),
                        {.why = "no packet is all that it asks for at once",
                         .instead = "make it two rules, or leave out what contradicts the rest"});
    if (dead.why == Why::kNotSent)
      return report.add(wish.place(), fmt::format("'{}' never matches", wish.called()),
                        {.why = fmt::format("what jumps to its chain sends no such packets: {}",
                                            list_of(linted, dead.because)),
                         .instead = "ask in the jump for less, or put the rule into another chain"});
    if (is_repeated(linted, dead) || is_behind_return(linted, dead)) return;
    report.add(wish.place(), fmt::format("'{}' never matches", wish.called()),
               {.why = fmt::format("its packets are taken before: {}", list_of(linted, dead.because)),
                .instead = "put it above the rule that takes its packets, or leave it out"});
  });
}

void find_rules_that_repeat(Linted& linted, Report& report) {
  visit_dead(linted, [&](const LintedRule& wish, const DeadRule& dead) {
    if (dead.why != Why::kTaken || !is_repeated(linted, dead) || is_behind_return(linted, dead)) return;
    auto ways = is_said_above(linted, dead) ? std::vector{dead.because[0]} : dead.because;
    report.add(wish.place(), fmt::format("'{}' changes nothing", wish.called()),
               {.why = fmt::format("its packets have gone the same way before: {}", list_of(linted, ways)),
                .instead = "leave it out"});
  });
}

void find_rules_behind_return(Linted& linted, Report& report) {
  visit_dead(linted, [&](const LintedRule& wish, const DeadRule& dead) {
    if (!is_behind_return(linted, dead)) return;
    report.add(wish.place(), fmt::format("'{}' stands behind Docker's RETURN", wish.called()),
               {.why = "Docker ends DOCKER-USER with `-j RETURN`, and no packet gets past that",
                .instead = "put it above `~rest`, or leave `~rest` out: then all others' rules follow"});
  });
}

void find_interfaces_of_other_hooks(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty()) continue;
    const auto& rule = wish.rules.front();
    auto option = wrong_interface(linted, rule);
    if (!option.empty()) {
      bool is_in = option == "-i";
      bool is_refused = linted.host().chain(rule.chain).is_builtin;
      report.add(is_refused ? Severity::kError : Severity::kWarning,
                 is_in ? wish.place_of({"-i", "--in-interface"}) : wish.place_of({"-o", "--out-interface"}),
                 is_refused ? fmt::format("iptables takes no {} in {}", option, wish.id.chain)
                            : fmt::format("{} never matches here", option),
                 {.why = is_in ? "what the host sends itself has come in nowhere"
                               : "before routing, and on the way in, nobody knows where a packet goes out",
                  .instead = is_in ? "ask for `-o`, or put the rule into a chain of INPUT or FORWARD"
                                   : "ask for `-i`, or put the rule into a chain of FORWARD or POSTROUTING"});
      continue;
    }
    for (const auto& condition : linted.compiled(rule).conditions) {
      const auto* name = std::get_if<InterfaceIs>(&condition.kind);
      bool asks_in = name != nullptr && name->field == InterfaceField::kIn && !name->inverted;
      if (!asks_in || !is_in_postrouting_only(linted, rule)) continue;
      if (linted.host().chain(rule.chain).is_builtin)
        report.add(Severity::kError, wish.place_of({"-i", "--in-interface"}),
                   fmt::format("iptables takes no -i in {}", wish.id.chain),
                   {.why = "an apply of these wishes would fail",
                    .instead = "mark the packets in PREROUTING or FORWARD, and ask for the mark here"});
      else
        report.add(wish.place_of({"-i", "--in-interface"}), "-i matches in POSTROUTING on newer kernels only",
                   {.why = "before Linux 5.7 no rule there was told where a packet came in",
                    .instead = "mark the packets in PREROUTING or FORWARD, and ask for the mark here"});
    }
  }
}

}  // namespace pyfw
