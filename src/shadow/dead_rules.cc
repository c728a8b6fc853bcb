#include "shadow/dead_rules.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "shadow/takers.h"

namespace pyfw {
namespace {

using Why = DeadRule::Why;

// To fill one takes some seconds.
constexpr int kMostTables = 5;

// Of the chains of one table.
class DeadRulesFinder {
 public:
  explicit DeadRulesFinder(TableReach& table) : host_(table.host()), table_(&table) {}

  DeadRules find() {
    DeadRules out;
    // Each has the same chains.
    for (auto chain : std::vector(table_->chains().begin(), table_->chains().end()))
      for (std::uint32_t i = 0; i < host_.rules[chain].size(); ++i) {
        RuleRef rule{.chain = chain, .rule = i};
        auto dead = look_at(rule);
        if (!dead && begin_anew()) dead = look_at(rule);
        if (!dead)
          out.gap = std::move(dead).error();
        else if (*dead)
          out.rules.push_back(std::move(**dead));
      }
    return out;
  }

 private:
  // None where it may match.
  Result<std::optional<DeadRule>> look_at(const RuleRef& rule) {
    TRY_VOID(table_->check());
    std::optional<DeadRule> out;
    if (!table_->is_met(rule)) out = why(rule);
    TRY_VOID(table_->check());
    return out;
  }

  bool begin_anew() {
    if (tables_ == kMostTables) return false;
    ++tables_;
    other_ = table_->walked_anew();
    table_ = other_.get();
    return true;
  }

  DeadRule why(const RuleRef& rule) {
    auto& bdd = table_->looks().bdd();
    auto may = table_->match(rule).may;
    const auto& callers = table_->callers(rule.chain);
    bool is_called = host_.chains[rule.chain].is_builtin || !callers.empty();
    auto everything = table_->looks().everything();
    auto possible = is_called ? table_->in_hooks(rule.chain) : everything;
    if (!bdd.meet(may, possible == Bdd::kNone ? everything : possible))
      return {.rule = rule, .why = Why::kContradicts};
    if (!is_called) return {.rule = rule, .why = Why::kUncalled};
    bool is_builtin = host_.chains[rule.chain].is_builtin;
    bool by_dead = !is_builtin && std::ranges::none_of(
                                      callers, [&](const RuleRef& caller) { return table_->is_met(caller); });
    if (by_dead) return {.rule = rule, .why = Why::kCalledByDead, .because = callers};
    if (bdd.meet(may, table_->sent_at_most(rule.chain))) {
      auto takers = takers_of(*table_, rule);
      if (!takers.rules.empty())
        return {
            .rule = rule, .why = Why::kTaken, .because = std::move(takers.rules), .enough = takers.enough};
    }
    return {.rule = rule, .why = Why::kNotSent, .because = callers};
  }

  const CompiledHost& host_;
  std::unique_ptr<TableReach> other_{};
  TableReach* table_;
  int tables_ = 1;
};

}  // namespace

DeadRules dead_rules(TableReach& table) { return DeadRulesFinder(table).find(); }

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
    auto found = dead_rules(table);
    if (found.gap) return std::unexpected(std::move(*found.gap));
    out.insert(out.end(), found.rules.begin(), found.rules.end());
  }
  std::ranges::sort(out, {}, [](const DeadRule& one) { return std::pair(one.rule.chain, one.rule.rule); });
  return out;
}

}  // namespace pyfw
