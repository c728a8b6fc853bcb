#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <unordered_set>

#include "base/by_text.h"
#include "plan/order.h"

namespace pyfw {
namespace {

std::vector<const Set*> by_name(const Sets& sets) {
  std::vector<const Set*> sorted;
  for (const auto& set : sets) sorted.push_back(&set);
  std::ranges::sort(sorted, {}, [](const Set* set) -> const std::string& { return set->name; });
  return sorted;
}

struct MemberSteps {
  std::vector<Step> add;
  std::vector<Step> remove;
};

// The order of a list:set's members means something: all behind the first that differs is laid anew.
void plan_list(const Set& live, const Set& desired, MemberSteps& steps) {
  auto [l, d] = std::ranges::mismatch(live.members, desired.members);
  for (; l != live.members.end(); ++l)
    steps.add.emplace_back(DeleteMember{.set = live.name, .member = parse_member(*l).element});
  for (; d != desired.members.end(); ++d) steps.add.emplace_back(AddMember{.set = live.name, .member = *d});
}

void plan_members(const Set& live, const Set& desired, MemberSteps& steps) {
  if (live.members == desired.members) return;
  if (desired.type == "list:set") return plan_list(live, desired, steps);
  Texts there(live.members.begin(), live.members.end());
  Texts wanted(desired.members.size());
  for (const auto& member : desired.members) {
    wanted.insert(element_of(member));
    if (!there.contains(member)) steps.add.emplace_back(AddMember{.set = live.name, .member = member});
  }
  for (const auto& member : live.members) {
    auto element = element_of(member);
    if (!wanted.contains(element))
      steps.remove.emplace_back(DeleteMember{.set = live.name, .member = std::string(element)});
  }
}

MemberSteps plan_sets(const Sets& live, const Sets& desired) {
  MemberSteps steps;
  // A list:set names other sets, which must be there before it.
  auto sorted = by_name(desired);
  std::ranges::stable_partition(sorted, [](const Set* set) { return set->type != "list:set"; });
  for (const auto* set : sorted) {
    const auto* there = find_set(live, set->name);
    if (there == nullptr) {
      Set bare{.name = set->name, .type = set->type, .header = set->header};
      steps.add.emplace_back(CreateSet{bare});
      plan_members(bare, *set, steps);
    } else if (there->type != set->type || there->header != set->header) {
      steps.add.emplace_back(ReplaceSet{*set});
    } else {
      plan_members(*there, *set, steps);
    }
  }
  return steps;
}

const ChainId& policy_of(const Step& step) { return std::get<SetPolicy>(step).chain; }

bool returns_to_policy(const ChainEdits& edits) {
  auto returns = [](const PlacedEdit& placed) {
    return std::visit([](const auto& edit) { return target_of(edit.rule) == "RETURN"; }, placed.edit);
  };
  return std::ranges::any_of(edits.early, returns) || std::ranges::any_of(edits.late, returns);
}

}  // namespace

Plan make_plan(const State& live, const Desired& desired) {
  Plan plan;
  auto members = plan_sets(live.sets, desired.state.sets);
  plan.steps = std::move(members.add);

  std::vector<ChainChange> changes;
  std::vector<Step> policies;
  for (const auto& [id, chain] : chains_of(desired.state)) {
    const auto* there = find_chain(live, id);
    if (there == nullptr && !is_builtin(id.table, id.chain)) plan.steps.emplace_back(NewChain{id});
    auto policy = there != nullptr                 ? there->policy
                  : is_builtin(id.table, id.chain) ? std::optional<std::string>("ACCEPT")
                                                   : std::nullopt;
    if (chain->policy && chain->policy != policy)
      policies.emplace_back(SetPolicy{.chain = id, .policy = *chain->policy});
    auto edits =
        edits_of_chain(there != nullptr ? std::span<const Rule>(there->rules) : std::span<const Rule>(),
                       chain->rules, flags_of(desired.foreign, id));
    if (!policies.empty() && policy_of(policies.back()) == id && returns_to_policy(edits))
      plan.caveats.push_back(
          fmt::format("rules that RETURN from chain {} change together with its policy: until all "
                      "commands have run, packets may meet a policy that is not theirs",
                      id.chain));
    if (!edits.early.empty() || !edits.late.empty())
      changes.push_back({.chain = id, .edits = std::move(edits)});
  }

  auto ordered = order_edits(live, desired.state, std::move(changes));
  std::ranges::move(ordered.early, std::back_inserter(plan.steps));
  std::ranges::move(policies, std::back_inserter(plan.steps));
  std::ranges::move(ordered.late, std::back_inserter(plan.steps));
  std::ranges::move(members.remove, std::back_inserter(plan.steps));
  std::ranges::move(ordered.caveats, std::back_inserter(plan.caveats));
  return plan;
}

}  // namespace pyfw
