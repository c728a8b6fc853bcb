#include "keep/change.h"

#include <algorithm>
#include <map>

#include "base/by_text.h"
#include "keep/names.h"
#include "keep/set_kind.h"

namespace pyfw {
namespace {

std::optional<Chain> chain_before(const Chain* live, const ChainId& id) {
  if (live == nullptr) {
    // The chains of a table that nobody has touched yet are there all the same.
    if (is_builtin(id.table, id.chain)) return Chain{.name = id.chain, .policy = "ACCEPT"};
    return std::nullopt;
  }
  auto chain = *live;
  std::erase_if(chain.rules, is_temporary);
  return chain;
}

std::vector<Rule> own_rules(const ChainId& id, const Chain& before, const Chain& after,
                            const Desired& desired) {
  Texts there(before.rules.size());
  for (const auto& rule : before.rules) there.insert(rule.text);
  Texts seen;
  std::vector<Rule> own;
  for (std::size_t i = 0; i < after.rules.size(); ++i) {
    const auto& text = after.rules[i].text;
    if (!desired.is_foreign(id, i) && there.contains(text) && seen.insert(text).second)
      own.push_back(after.rules[i]);
  }
  return own;
}

bool is_list(const Set& set) { return set.type == "list:set"; }

// Without those that stay as they are.
ChangedSet changed_members(const Set& before, const Set& after) {
  ChangedSet changed{.name = before.name, .before = before, .after = after};
  if (is_list(before)) return changed;
  Texts b(before.members.begin(), before.members.end());
  Texts a(after.members.begin(), after.members.end());
  std::erase_if(changed.before->members, [&](const std::string& member) { return a.contains(member); });
  std::erase_if(changed.after->members, [&](const std::string& member) { return b.contains(member); });
  return changed;
}

std::vector<ChangedSet> changed_sets(const State& live, const Desired& desired) {
  std::vector<ChangedSet> out;
  for (const auto& set : desired.state.sets) {
    const auto* there = find_set(live.sets, set.name);
    if (there == nullptr) {
      out.push_back({.name = set.name, .before = {}, .after = set});
    } else if (!is_same_kind(*there, set)) {
      out.push_back({.name = set.name, .before = *there, .after = set});
    } else if (there->members != set.members) {
      auto changed = changed_members(*there, set);
      if (!changed.before->members.empty() || !changed.after->members.empty())
        out.push_back(std::move(changed));
    }
  }
  for (const auto& name : desired.removed_sets)
    if (const auto* there = find_set(live.sets, name))
      out.push_back({.name = name, .before = *there, .after = {}});
  return out;
}

}  // namespace

Change change_of(const State& live, const Desired& desired,
                 std::span<const std::pair<ChainId, Rule>> relaid) {
  std::map<ChainId, std::vector<Rule>> relaid_in;
  for (const auto& [id, rule] : relaid) relaid_in[id].push_back(rule);
  Change change{.chains = {}, .sets = changed_sets(live, desired)};
  for (const auto& [id, chain] : chains_of(desired.state)) {
    ChangedChain changed{.id = id, .before = chain_before(find_chain(live, id), id), .after = *chain};
    if (auto found = relaid_in.find(id); found != relaid_in.end()) changed.relaid = found->second;
    if (changed.before == changed.after && changed.relaid.empty()) continue;
    if (changed.before) changed.own = own_rules(id, *changed.before, *changed.after, desired);
    change.chains.push_back(std::move(changed));
  }
  for (const auto& id : desired.removed_chains)
    if (const auto* chain = find_chain(live, id))
      change.chains.push_back({.id = id, .before = chain_before(chain, id), .after = {}});
  return change;
}

}  // namespace pyfw
