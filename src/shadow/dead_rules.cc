#include "shadow/dead_rules.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "shadow/takers.h"

namespace pyfw {
namespace {

using Why = DeadRule::Why;

// See NamesAre.
NamesAre order_for(const CompiledHost& host, std::span<const ChainIndex> chains) {
  std::size_t by_one = 0;
  std::size_t by_all_but_one = 0;
  for (auto chain : chains)
    for (const auto& rule : host.rules[chain]) {
      bool has_plain = false;
      bool has_inverted = false;
      for (const auto& condition : rule.compiled.conditions)
        if (const auto* name = std::get_if<InterfaceIs>(&condition.kind))
          (name->inverted ? has_inverted : has_plain) = true;
      by_one += has_plain ? 1 : 0;
      by_all_but_one += has_inverted && !has_plain ? 1 : 0;
    }
  return by_all_but_one > by_one ? NamesAre::kLast : NamesAre::kFirst;
}

// Of the chains of one table.
class DeadRulesFinder {
 public:
  DeadRulesFinder(const CompiledHost& host, std::span<const Set> sets, std::span<const ChainIndex> chains)
      : host_(host),
        chains_(chains),
        looks_(host.chains[chains[0]].family, order_for(host, chains)),
        asks_(looks_, host, sets) {}

  Result<std::vector<DeadRule>> find() {
    for (auto chain : chains_) reach_.learn(chain);
    looks_.settle();
    reach_.walk();
    TRY_VOID(looks_.bdd().check());
    std::vector<DeadRule> out;
    for (auto chain : chains_)
      for (std::uint32_t i = 0; i < host_.rules[chain].size(); ++i)
        if (RuleRef rule{.chain = chain, .rule = i}; !reach_.is_met(rule)) out.push_back(why(rule));
    TRY_VOID(looks_.bdd().check());
    return out;
  }

 private:
  DeadRule why(const RuleRef& rule) {
    auto& bdd = looks_.bdd();
    const auto& here = reach_.walked(rule.chain);
    auto may = here.rules[rule.rule].match.may;
    bool is_called = host_.chains[rule.chain].is_builtin || !here.callers.empty();
    auto possible = is_called ? here.in_hooks : looks_.everything();
    if (!bdd.meet(may, possible == Bdd::kNone ? looks_.everything() : possible))
      return {.rule = rule, .why = Why::kContradicts};
    if (!is_called) return {.rule = rule, .why = Why::kUncalled};
    bool is_builtin = host_.chains[rule.chain].is_builtin;
    bool by_dead = !is_builtin && std::ranges::none_of(here.callers, [&](const RuleRef& caller) {
      return reach_.is_met(caller);
    });
    if (by_dead) return {.rule = rule, .why = Why::kCalledByDead, .because = here.callers};
    if (bdd.meet(may, here.sent_at_most)) {
      auto takers = takers_of(reach_, looks_, host_, rule);
      if (!takers.empty()) return {.rule = rule, .why = Why::kTaken, .because = std::move(takers)};
    }
    return {.rule = rule, .why = Why::kNotSent, .because = here.callers};
  }

  const CompiledHost& host_;
  std::span<const ChainIndex> chains_;
  Looks looks_;
  Asks asks_;
  ChainReach reach_{looks_, asks_, host_};
};

}  // namespace

// Nothing jumps from one table to another; so that each has a diagram of its own.
Result<std::vector<DeadRule>> dead_rules(const TracedHost& host, std::span<const Set> sets) {
  const auto& compiled = host.compiled();
  std::map<std::tuple<Backend, Family, std::string_view>, std::vector<ChainIndex>> tables;
  for (std::size_t i = 0; i < compiled.chains.size(); ++i) {
    const auto& chain = compiled.chains[i];
    tables[{chain.backend, chain.family, chain.table}].push_back(static_cast<ChainIndex>(i));
  }
  std::vector<DeadRule> out;
  for (const auto& [table, chains] : tables) {
    TRY(auto found, DeadRulesFinder(compiled, sets, chains).find());
    out.insert(out.end(), found.begin(), found.end());
  }
  std::ranges::sort(out, {}, [](const DeadRule& one) { return std::pair(one.rule.chain, one.rule.rule); });
  return out;
}

}  // namespace pyfw
