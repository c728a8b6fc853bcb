#include "wish/merge.h"

#include <fmt/format.h>

#include <unordered_map>

namespace pyfw {
namespace {

std::unexpected<Error> contradiction(const Place& place, std::string what, const Place& earlier) {
  return bad_input(place, std::move(what), fmt::format("the other one stands at {}", where(earlier)));
}

bool in_one_file(const Place& a, const Place& b) { return a.source == b.source; }

Result<void> merge_set(Wishes& all, SetWish more) {
  auto at = all.sets.find(more.name);
  if (at == all.sets.end()) {
    auto name = more.name;
    all.sets.emplace(std::move(name), std::move(more));
    return {};
  }
  auto& set = at->second;
  if (set.type && more.type && set.type->text != more.type->text)
    return contradiction(more.type->place, fmt::format("set '{}' is wished with two types", set.name),
                         set.type->place);
  if (!set.type) set.type = more.type;
  for (auto& [name, value] : more.options) {
    auto [option, fresh] = set.options.emplace(name, value);
    if (!fresh && option->second.text != value.text)
      return contradiction(value.place,
                           fmt::format("option '{}' of set '{}' is wished with two values", name, set.name),
                           option->second.place);
  }
  if (more.members_equal.has_value() && set.members_equal.has_value())
    return contradiction(more.place, fmt::format("the members of set '{}' are wished twice", set.name),
                         set.place);
  if (more.members_equal.has_value() != set.members_equal.has_value() &&
      !(set.members_include.empty() && set.members_exclude.empty() && more.members_include.empty() &&
        more.members_exclude.empty()))
    return contradiction(
        more.place, fmt::format("set '{}' has members_equal beside members_include or _exclude", set.name),
        set.place);
  if (more.members_equal) set.members_equal = std::move(more.members_equal);
  set.members_include.insert(set.members_include.end(), more.members_include.begin(),
                             more.members_include.end());
  set.members_exclude.insert(set.members_exclude.end(), more.members_exclude.begin(),
                             more.members_exclude.end());
  return {};
}

Result<void> merge_rules(ChainWish& chain, ChainWish& more) {
  std::unordered_map<std::string_view, const RuleWish*> names;
  const RuleWish* rest = nullptr;
  for (const auto& rule : chain.rules) {
    if (rule.kind == RuleWish::Kind::kNamed || rule.kind == RuleWish::Kind::kAbsent)
      names.emplace(rule.name.text, &rule);
    if (rule.kind == RuleWish::Kind::kRest) rest = &rule;
  }
  std::vector<RuleWish*> added;
  for (auto& rule : more.rules) {
    if (rule.kind == RuleWish::Kind::kRest) {
      if (rest != nullptr)
        return contradiction(rule.name.place, "~rest stands here a second time", rest->name.place);
      rest = &rule;
    }
    bool has_name = rule.kind == RuleWish::Kind::kNamed || rule.kind == RuleWish::Kind::kAbsent;
    if (has_name) {
      auto [at, fresh] = names.emplace(rule.name.text, &rule);
      const auto& earlier = *at->second;
      if (!fresh) {
        if (earlier.kind != rule.kind)
          return contradiction(rule.name.place,
                               fmt::format("'{}' is wished and wished absent", rule.name.text),
                               earlier.name.place);
        if (earlier.text.text != rule.text.text)
          return contradiction(rule.name.place,
                               fmt::format("two rules of this chain are called '{}'", rule.name.text),
                               earlier.name.place);
        if (in_one_file(earlier.name.place, rule.name.place))
          return contradiction(rule.name.place, fmt::format("'{}' stands here a second time", rule.name.text),
                               earlier.name.place);
        continue;
      }
    }
    added.push_back(&rule);
  }
  chain.rules.reserve(chain.rules.size() + added.size());
  for (auto* rule : added) chain.rules.push_back(std::move(*rule));
  return {};
}

Result<void> merge_expectations(Wishes& all, std::vector<Expectation> more) {
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < all.expectations.size(); ++i) known.emplace(all.expectations[i].name.text, i);
  for (auto& expectation : more) {
    auto [at, is_new] = known.emplace(expectation.name.text, all.expectations.size());
    if (!is_new)
      return contradiction(expectation.name.place,
                           fmt::format("two expectations are called '{}'", expectation.name.text),
                           all.expectations[at->second].name.place);
    all.expectations.push_back(std::move(expectation));
  }
  return {};
}

}  // namespace

Result<void> merge_chain(Wishes& all, ChainWish more) {
  ChainWish empty{.id = more.id, .place = more.place, .is_exact = more.is_exact};
  auto& chain = all.chains.emplace(more.id, std::move(empty)).first->second;
  if (more.default_action) {
    if (chain.default_action && chain.default_action->text != more.default_action->text)
      return contradiction(more.default_action->place,
                           fmt::format("chain '{}' is wished with two default actions", more.id.chain),
                           chain.default_action->place);
    chain.default_action = more.default_action;
  }
  if (more.rules_place) {
    bool beside = more.is_exact || chain.is_exact;
    if (chain.rules_place && beside)
      return contradiction(*more.rules_place,
                           fmt::format("chain '{}' has rules_equal beside other rules", more.id.chain),
                           *chain.rules_place);
    chain.is_exact = more.is_exact;
    chain.rules_place = more.rules_place;
  }
  return merge_rules(chain, more);
}

Result<void> merge_wishes(Wishes& all, Wishes more) {
  for (auto& [name, value] : more.vars) {
    auto [at, added] = all.vars.emplace(name, value);
    if (!added && at->second.text != value.text)
      return contradiction(value.place, fmt::format("variable '{}' has two values", name), at->second.place);
  }
  for (auto& [name, set] : more.sets) TRY_VOID(merge_set(all, std::move(set)));
  for (auto& [id, chain] : more.chains) {
    if (all.chains.contains(id)) {
      TRY_VOID(merge_chain(all, std::move(chain)));
    } else {
      all.chains.emplace(id, std::move(chain));
    }
  }
  return merge_expectations(all, std::move(more.expectations));
}

}  // namespace pyfw
