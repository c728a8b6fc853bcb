#include "engine/same_state.h"

#include <fmt/format.h>

#include <algorithm>

namespace pyfw {
namespace {

const std::vector<Rule>& rules_of(const Chain* chain) {
  static const std::vector<Rule> kNone;
  return chain == nullptr ? kNone : chain->rules;
}

std::string difference_of_chain(Family family, const Table& table, const Chain& wanted, const Chain* there) {
  auto where = [&] { return fmt::format("{} {} {}", program_of(family), table.name, wanted.name); };
  if (there == nullptr && !is_builtin(table.name, wanted.name)) return where() + " is missing";
  auto policy = there == nullptr ? "ACCEPT" : there->policy.value_or("");
  if (wanted.policy && *wanted.policy != policy)
    return fmt::format("{} has policy {}, not {}", where(), policy, *wanted.policy);
  const auto& rules = rules_of(there);
  auto [have, want] = std::ranges::mismatch(rules, wanted.rules);
  if (have == rules.end() && want == wanted.rules.end()) return {};
  auto text = [](auto at, auto end) { return at == end ? std::string("nothing") : at->text; };
  return fmt::format(R"({} has as rule {} "{}", not "{}")", where(), have - rules.begin() + 1,
                     text(have, rules.end()), text(want, wanted.rules.end()));
}

std::string difference_of_rules(Family family, const Ruleset& there, const Ruleset& wanted) {
  for (const auto& table : wanted.tables)
    for (const auto& chain : table.chains)
      if (auto differs = difference_of_chain(family, table, chain, find_chain(there, table.name, chain.name));
          !differs.empty())
        return differs;
  for (const auto& table : there.tables)
    for (const auto& chain : table.chains)
      if (find_chain(wanted, table.name, chain.name) == nullptr &&
          (!is_builtin(table.name, chain.name) || !chain.rules.empty() ||
           chain.policy.value_or("ACCEPT") != "ACCEPT"))
        return fmt::format("{} {} {} is still there", program_of(family), table.name, chain.name);
  return {};
}

bool same_members(const Set& there, const Set& wanted) {
  if (there.members.size() != wanted.members.size()) return false;
  if (wanted.type == "list:set")
    return std::ranges::equal(there.members, wanted.members, {}, element_of, element_of);
  auto sorted = [](const Set& set) {
    std::vector<std::string_view> texts(set.members.begin(), set.members.end());
    std::ranges::sort(texts);
    return texts;
  };
  auto have = sorted(there);
  auto want = sorted(wanted);
  if (have == want) return true;
  // Counters and remaining timeouts are no difference.
  return std::ranges::equal(have, want, {}, parse_member, parse_member);
}

std::string difference_of_set(const Set& there, const Set& wanted) {
  if (there.type != wanted.type)
    return fmt::format("set {} is a {}, not a {}", wanted.name, there.type, wanted.type);
  if (auto name = differing_option(there.header, wanted.header))
    return fmt::format("set {} has {} {}, not {}", wanted.name, *name, options_of(there.header)[*name],
                       options_of(wanted.header)[*name]);
  return same_members(there, wanted) ? "" : fmt::format("set {} has other members", wanted.name);
}

}  // namespace

std::string difference(const State& there, const State& wanted) {
  for (auto family : kFamilies)
    if (auto differs = difference_of_rules(family, ruleset_of(there, family), ruleset_of(wanted, family));
        !differs.empty())
      return differs;
  for (const auto& set : wanted.sets) {
    const auto* have = find_set(there.sets, set.name);
    if (have == nullptr) return fmt::format("set {} is missing", set.name);
    if (auto differs = difference_of_set(*have, set); !differs.empty()) return differs;
  }
  for (const auto& set : there.sets)
    if (find_set(wanted.sets, set.name) == nullptr) return fmt::format("set {} is still there", set.name);
  return {};
}

}  // namespace pyfw
