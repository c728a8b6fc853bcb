#include "prove/chain_sums.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/overloaded.h"

namespace pyfw {
namespace {

// All that a condition can look at of a place.
std::string key_of(const Here& here) {
  const auto& known = here.known;
  auto key = fmt::format("{} {} {} {} {} {} {}", static_cast<int>(known.hook), known.out_interface,
                         known.physical_in, known.physical_out, known.is_bridged, known.mark,
                         static_cast<int>(known.state));
  if (known.connection)
    key += fmt::format(" {} {} {} {}", known.connection->status, known.connection->has_dnat,
                       known.connection->has_snat, known.connection->mark);
  for (const auto& value : here.changed)
    key += value ? fmt::format(" {}:{}", value->high, value->low) : std::string(" -");
  return key;
}

bool decides(const Target& target) {
  return std::visit(Overloaded{[](const Continue&) { return true; }, [](const Accept&) { return true; },
                               [](const Drop&) { return true; }, [](const Return&) { return true; },
                               [](const JumpTo&) { return true; }, [](const Reject&) { return true; },
                               [](const auto&) { return false; }},
                    target);
}

bool is_per_rule(const Condition& condition) {
  if (const auto* unknowable = std::get_if<Unknowable>(&condition.kind)) return unknowable->is_per_rule;
  const auto* any = std::get_if<AnyOf>(&condition.kind);
  return any != nullptr && std::ranges::any_of(any->conditions, is_per_rule);
}

}  // namespace

void ChainSums::learn(ChainIndex chain) {
  auto& learnt = learnt_[chain];
  const auto& rules = rules_[chain];
  if (!learnt.empty() || rules.empty()) return;
  learnt.resize(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (const auto& condition : rules[i].compiled.conditions)
      learnt[i].push_back(meanings_.learn(condition));
    if (rules[i].to != kNoChain) learn(rules[i].to);
  }
}

bool ChainSums::only_decides(ChainIndex chain) {
  auto& decision = decides_[chain];
  if (decision == Decides::kAsking) return false;
  if (decision != Decides::kUnknown) return decision == Decides::kYes;
  decision = Decides::kAsking;
  bool all = std::ranges::all_of(rules_[chain], [&](const ChainRule& rule) {
    if (!pyfw::decides(rule.compiled.target)) return false;
    bool is_jump = std::holds_alternative<JumpTo>(rule.compiled.target);
    return !is_jump || (rule.to != kNoChain && only_decides(rule.to));
  });
  decides_[chain] = all ? Decides::kYes : Decides::kNo;
  return all;
}

const ChainSum& ChainSums::of(ChainIndex chain, const Here& here) {
  std::pair key(chain, key_of(here));
  if (auto known = known_.find(key); known != known_.end()) return known->second;
  auto whole = part(chain, 0, rules_[chain].size(), here);
  whole.sum.back = space_.bdd().either(whole.sum.back, whole.on);
  return known_.emplace(std::move(key), whole.sum).first->second;
}

ChainSums::Part ChainSums::part(ChainIndex chain, std::size_t first, std::size_t end, const Here& here) {
  if (first == end) return {.on = Bdd::kAll};
  if (end - first == 1) return one_rule({.chain = chain, .rule = static_cast<std::uint32_t>(first)}, here);
  auto middle = first + (end - first) / 2;
  auto above = part(chain, first, middle, here);
  return joined(above, part(chain, middle, end, here));
}

ChainSums::Part ChainSums::joined(const Part& above, const Part& below) {
  auto& bdd = space_.bdd();
  auto ways = [](const ChainSum& sum) {
    return (sum.accepted != Bdd::kNone ? 1U : 0U) | (sum.dropped != Bdd::kNone ? 2U : 0U) |
           (sum.rejected != Bdd::kNone ? 4U : 0U) | (sum.back != Bdd::kNone ? 8U : 0U);
  };
  // What the rules above have decided in the same way needs not be taken out.
  bool is_one_way = std::has_single_bit(ways(above.sum) | ways(below.sum));
  auto join = [&](Bdd::Node first, Bdd::Node second) {
    return bdd.either(first, is_one_way ? second : bdd.both(above.on, second));
  };
  return {.sum = {.accepted = join(above.sum.accepted, below.sum.accepted),
                  .dropped = join(above.sum.dropped, below.sum.dropped),
                  .rejected = join(above.sum.rejected, below.sum.rejected),
                  .back = join(above.sum.back, below.sum.back)},
          .on = bdd.both(above.on, below.on)};
}

ChainSums::Part ChainSums::one_rule(const RuleRef& rule, const Here& here) {
  const auto& target = rules_[rule.chain][rule.rule].compiled.target;
  if (std::holds_alternative<Continue>(target)) return {.on = Bdd::kAll};
  auto matched = match(rule, here);
  if (const auto* to = std::get_if<JumpTo>(&target))
    return jump(*to, rules_[rule.chain][rule.rule].to, matched, here);
  Part out{.on = space_.bdd().without(Bdd::kAll, matched)};
  if (std::holds_alternative<Accept>(target)) out.sum.accepted = matched;
  if (std::holds_alternative<Drop>(target)) out.sum.dropped = matched;
  if (std::holds_alternative<Reject>(target)) out.sum.rejected = matched;
  if (std::holds_alternative<Return>(target)) out.sum.back = matched;
  return out;
}

// What is gone to returns to where its caller would have.
ChainSums::Part ChainSums::jump(const JumpTo& jump, ChainIndex to, Bdd::Node matched, const Here& here) {
  auto& bdd = space_.bdd();
  auto passed = bdd.without(Bdd::kAll, matched);
  if (matched == Bdd::kNone) return {.on = passed};
  auto sum = of(to, here);
  auto back = bdd.both(matched, sum.back);
  return {.sum = {.accepted = bdd.both(matched, sum.accepted),
                  .dropped = bdd.both(matched, sum.dropped),
                  .rejected = bdd.both(matched, sum.rejected),
                  .back = jump.is_goto ? back : Bdd::kNone},
          .on = jump.is_goto ? passed : bdd.either(passed, back)};
}

Bdd::Node ChainSums::match(const RuleRef& rule, const Here& here) {
  auto& bdd = space_.bdd();
  auto matched = Bdd::kAll;
  const auto& conditions = learnt_[rule.chain][rule.rule];
  for (std::size_t i = 0; i < conditions.size() && matched != Bdd::kNone; ++i) {
    auto meaning = meanings_.node(conditions[i], here);
    auto holds = meaning.holds;
    if (bdd.meet(matched, meaning.depends))
      holds = bdd.either(holds, bdd.both(meaning.depends, doubt(rule, i)));
    matched = bdd.both(matched, holds);
  }
  return matched;
}

Bdd::Node ChainSums::doubt(const RuleRef& rule, std::size_t condition) {
  const auto& compiled = rules_[rule.chain][rule.rule].compiled;
  auto match = std::ranges::find_if(compiled.uncertain, [&](const UncertainMatch& some) {
    return some.first <= condition && condition < some.end;
  });
  bool is_own = is_per_rule(compiled.conditions[condition]) || match == compiled.uncertain.end();
  auto key = is_own ? fmt::format("{} {} {}", rule.chain, rule.rule, condition) : match->text;
  auto [known, is_new] = doubts_.try_emplace(std::move(key), Bdd::kNone);
  if (is_new) known->second = space_.free_variable();
  return known->second;
}

}  // namespace pyfw
