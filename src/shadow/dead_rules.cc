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

// Of the chains of one table.
class DeadRulesFinder {
 public:
  explicit DeadRulesFinder(TableReach& table) : host_(table.host()), table_(table) {}

  std::vector<DeadRule> find() {
    std::vector<DeadRule> out;
    for (auto chain : table_.chains())
      for (std::uint32_t i = 0; i < host_.rules[chain].size(); ++i)
        if (RuleRef rule{.chain = chain, .rule = i}; !table_.is_met(rule)) out.push_back(why(rule));
    return out;
  }

 private:
  DeadRule why(const RuleRef& rule) {
    auto& bdd = table_.looks().bdd();
    auto may = table_.match(rule).may;
    const auto& callers = table_.callers(rule.chain);
    bool is_called = host_.chains[rule.chain].is_builtin || !callers.empty();
    auto everything = table_.looks().everything();
    auto possible = is_called ? table_.in_hooks(rule.chain) : everything;
    if (!bdd.meet(may, possible == Bdd::kNone ? everything : possible))
      return {.rule = rule, .why = Why::kContradicts};
    if (!is_called) return {.rule = rule, .why = Why::kUncalled};
    bool is_builtin = host_.chains[rule.chain].is_builtin;
    bool by_dead = !is_builtin && std::ranges::none_of(
                                      callers, [&](const RuleRef& caller) { return table_.is_met(caller); });
    if (by_dead) return {.rule = rule, .why = Why::kCalledByDead, .because = callers};
    if (bdd.meet(may, table_.sent_at_most(rule.chain))) {
      auto takers = takers_of(table_, rule);
      if (!takers.empty()) return {.rule = rule, .why = Why::kTaken, .because = std::move(takers)};
    }
    return {.rule = rule, .why = Why::kNotSent, .because = callers};
  }

  const CompiledHost& host_;
  TableReach& table_;
};

}  // namespace

Result<std::vector<DeadRule>> dead_rules(TableReach& table) {
  TRY_VOID(table.check());
  auto out = DeadRulesFinder(table).find();
  TRY_VOID(table.check());
  return out;
}

Result<std::vector<DeadRule>> dead_rules(const TracedHost& host, std::span<const Set> sets) {
  const auto& compiled = host.compiled();
  std::map<std::tuple<Backend, Family, std::string_view>, std::vector<ChainIndex>> tables;
  for (std::size_t i = 0; i < compiled.chains.size(); ++i) {
    const auto& chain = compiled.chains[i];
    tables[{chain.backend, chain.family, chain.table}].push_back(static_cast<ChainIndex>(i));
  }
  std::vector<DeadRule> out;
  for (const auto& [name, chains] : tables) {
    TableReach table(compiled, sets, chains);
    table.walk();
    TRY(auto found, dead_rules(table));
    out.insert(out.end(), found.begin(), found.end());
  }
  std::ranges::sort(out, {}, [](const DeadRule& one) { return std::pair(one.rule.chain, one.rule.rule); });
  return out;
}

}  // namespace pyfw
