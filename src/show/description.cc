#include "show/description.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "host/sorted.h"
#include "show/chain_lines.h"
#include "show/describe_set.h"

namespace pyfw {
namespace {

using ChainsByName = std::map<std::string_view, const Chain*>;

ChainsByName chains_of(const Ruleset& ruleset, std::string_view table) {
  ChainsByName out;
  if (const auto* found = find_table(ruleset, table))
    for (const auto& chain : found->chains) out.emplace(chain.name, &chain);
  return out;
}

const Chain* find(const ChainsByName& chains, std::string_view name) {
  auto found = chains.find(name);
  return found == chains.end() ? nullptr : found->second;
}

ChainDescription describe_removed(const ChainId& id, const Chain& live) {
  return {.id = id, .is_removed = true, .lines = lines_of_chain(live.rules, {}, {})};
}

ChainDescription describe_chain(const ChainId& id, const Chain* live, const Chain& desired,
                                const std::vector<bool>& foreign) {
  bool builtin = is_builtin(id.table, id.chain);
  ChainDescription out{.id = id, .is_new = live == nullptr && !builtin, .rules_after = desired.rules.size()};
  // A table that nobody touched is not in a state, and accepts.
  auto policy = live != nullptr ? live->policy.value_or("") : builtin ? "ACCEPT" : "";
  if (desired.policy && *desired.policy != policy)
    out.policy = PolicyChange{.before = policy, .after = *desired.policy};
  static const std::vector<Rule> kNoRules;
  out.lines = lines_of_chain(live != nullptr ? live->rules : kNoRules, desired.rules, foreign);
  return out;
}

bool changes(const ChainDescription& chain) {
  return chain.is_new || chain.is_removed || chain.policy || !chain.lines.empty();
}

// The tables with the names of all chains that shall stand, and of those that go.
Ruleset outline_of(const Desired& desired, Family family) {
  Ruleset out;
  std::set<std::pair<std::string_view, std::string_view>> known;
  auto add = [&](const std::string& table, const std::string& chain) {
    if (!known.emplace(table, chain).second) return;
    auto found = std::ranges::find(out.tables, table, &Table::name);
    if (found == out.tables.end()) found = out.tables.insert(found, Table{.name = table});
    found->chains.push_back(Chain{.name = chain});
  };
  for (const auto& table : ruleset_of(desired.state, family).tables)
    for (const auto& chain : table.chains) add(table.name, chain.name);
  for (const auto& id : desired.removed_chains)
    if (id.family == family) add(id.table, id.chain);
  return out;
}

std::vector<ChainDescription> describe_family(const State& live, const Desired& desired, Family family) {
  std::vector<ChainDescription> out;
  auto outline = outline_of(desired, family);
  for (const auto* table : sorted_tables(outline)) {
    auto live_chains = chains_of(ruleset_of(live, family), table->name);
    auto desired_chains = chains_of(ruleset_of(desired.state, family), table->name);
    for (const auto* chain : sorted_chains(*table)) {
      ChainId id{.family = family, .table = table->name, .chain = chain->name};
      const auto* before = find(live_chains, chain->name);
      const auto* after = find(desired_chains, chain->name);
      if (after != nullptr) {
        out.push_back(describe_chain(id, before, *after, flags_of(desired.foreign, id)));
      } else if (before != nullptr) {
        out.push_back(describe_removed(id, *before));
      }
      if (!out.empty() && !changes(out.back())) out.pop_back();
    }
  }
  return out;
}

std::vector<SetDescription> describe_sets(const Sets& live, const Desired& desired) {
  std::set<std::string_view> names(desired.removed_sets.begin(), desired.removed_sets.end());
  for (const auto& set : desired.state.sets) names.insert(set.name);
  std::vector<SetDescription> out;
  for (auto name : names) {
    const auto* before = find_set(live, name);
    const auto* after = find_set(desired.state.sets, name);
    if (before == nullptr && after == nullptr) continue;
    if (auto change = describe_set(before, after)) out.push_back(std::move(*change));
  }
  return out;
}

}  // namespace

Description describe(const State& live, const Desired& desired) {
  Description out;
  for (auto family : kFamilies)
    std::ranges::move(describe_family(live, desired, family), std::back_inserter(out.chains));
  out.sets = describe_sets(live.sets, desired);
  return out;
}

}  // namespace pyfw
