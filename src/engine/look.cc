#include "engine/look.h"

#include <fmt/format.h>

#include <future>

#include "engine/impossible.h"
#include "engine/ownership.h"
#include "engine/prune.h"
#include "engine/spell.h"
#include "wish/loops.h"
#include "wish/references.h"

namespace pyfw {
namespace {

Result<void> refuse_replaced_sets(const std::vector<WishedSet>& sets, const State& live) {
  for (const auto& set : sets) {
    const auto* there = find_set(live.sets, set.wish->name);
    if (there == nullptr) continue;
    auto differs = difference(*there, set);
    if (differs.empty()) continue;
    return bad_input(set.wish->type ? set.wish->type->place : set.wish->place,
                     fmt::format("set '{}' exists with {}", there->name, differs),
                     fmt::format("a set's type and options can't be changed: remove its rules, then "
                                 "`ipset destroy {}`, or give it another name",
                                 there->name));
  }
  return {};
}

Result<void> find_way(Outlook& outlook, Kernel& kernel) {
  const auto& live = outlook.live.state;
  remove_temporary_sets(live, outlook.desired);
  TRY_VOID(refuse_impossible_sets(outlook.wishes, live, outlook.desired));
  outlook.way = find_way(live, outlook.desired, kernel.backend());
  return {};
}

Result<void> resolve_guarded(Outlook& outlook, const Stance& stance, Kernel& kernel) {
  if (stance.is_recorded && stance.is_recorded(outlook)) {
    TRY_VOID(find_way(outlook, kernel));
    outlook.is_recorded = outlook.way.empty();
    if (outlook.is_recorded) return {};
  }
  outlook.record = stance.record;
  if (stance.recall) TRY_VOID(stance.recall(outlook));
  if (!stance.adopts)
    TRY_VOID(refuse_unowned(outlook.wishes, outlook.written, outlook.live.state, outlook.record));
  if (outlook.record)
    for (auto& message : prune(*outlook.record, outlook.wishes, outlook.written, outlook.desired))
      outlook.messages.push_back(std::move(message));
  return find_way(outlook, kernel);
}

}  // namespace

void remove_temporary_sets(const State& live, Desired& desired) {
  for (const auto& set : live.sets)
    if (set.name.starts_with(kTempPrefix)) desired.removed_sets.insert(set.name);
  std::erase_if(desired.state.sets, [](const Set& set) { return set.name.starts_with(kTempPrefix); });
}

Result<Outlook> look(const ReadWishes& read_wishes, Kernel& kernel, const Stance& stance,
                     const AnnounceStage& announce) {
  auto say = [&](std::string_view stage) {
    if (announce) announce(stage);
  };
  say("read");
  // The wishes are read, and looked at as far as they can be by themselves, while the kernel is read.
  auto reading = std::async(std::launch::async, [&kernel] { return kernel.read(); });
  auto facts = kernel.facts();
  auto wishes = read_wishes();
  auto written = wishes && facts ? write_rules(*wishes, *facts) : WrittenRules();
  auto state = reading.get();
  if (!wishes) return std::unexpected(std::move(wishes).error());
  if (!state) return std::unexpected(std::move(state).error());
  if (!facts) return std::unexpected(std::move(facts).error());
  if (!written) return std::unexpected(std::move(written).error());

  Outlook outlook;
  outlook.wishes = std::move(*wishes);
  outlook.written = std::move(*written);
  outlook.live = {.state = std::move(*state), .facts = std::move(*facts)};
  const auto& live = outlook.live.state;
  auto& rules = outlook.written;
  say("spell");
  TRY_VOID(check_references(outlook.wishes, rules, live));
  TRY(auto sets, write_sets(outlook.wishes, live));
  TRY_VOID(spell(outlook.wishes, rules, sets, live, kernel));
  if (stance.manner == Manner::kClassic) TRY_VOID(refuse_replaced_sets(sets, live));
  auto resolved = resolve(outlook.wishes, rules, sets, live);
  TRY_VOID(refuse_loops(rules, resolved.desired.state));
  outlook.desired = std::move(resolved.desired);
  outlook.warnings = std::move(resolved.warnings);
  for (const auto& set : sets)
    if (set.wish->members_equal) outlook.desired.exact_sets.insert(set.wish->name);
  if (stance.manner == Manner::kGuarded) {
    TRY_VOID(resolve_guarded(outlook, stance, kernel));
  } else {
    outlook.plan = make_plan(live, outlook.desired);
  }
  return outlook;
}

}  // namespace pyfw
