#include "engine/impossible.h"

#include <fmt/format.h>

#include <optional>

#include "base/contains.h"

namespace pyfw {
namespace {

// The first rule of others in the desired state that names the set.
std::optional<std::string> user_of_others(const Desired& desired, const std::string& set) {
  for (const auto& [id, chain] : chains_of(desired.state))
    for (std::size_t i = 0; i < chain->rules.size(); ++i)
      if (desired.is_of_others(id, *chain, i) && contains(sets_named_by(chain->rules[i]), set))
        return fmt::format("rule {} of chain {} in table {} of {} uses it, which is not pyfw's", i + 1,
                           id.chain, id.table, program_of(id.family));
  return std::nullopt;
}

std::optional<std::string> list_that_holds(const State& live, const std::string& set) {
  for (const auto& list : live.sets)
    if (contains(sets_held_by(list), set)) return fmt::format("it is a member of '{}'", list.name);
  return std::nullopt;
}

}  // namespace

Result<void> refuse_impossible_sets(const Wishes& wishes, const State& live, const Desired& desired) {
  for (const auto& set : desired.state.sets) {
    const auto* there = find_set(live.sets, set.name);
    if (there == nullptr || can_be_swapped(*there, set)) continue;
    auto holder = list_that_holds(live, set.name);
    if (!holder) holder = user_of_others(desired, set.name);
    if (!holder) continue;
    auto message = fmt::format("set '{}' can't become a {} while {}", set.name, set.type, *holder);
    auto wish = wishes.sets.find(set.name);
    if (wish == wishes.sets.end()) return fail(message);
    return bad_input(wish->second.type ? wish->second.type->place : wish->second.place, message,
                     "give it another name, or remove it there first");
  }
  return {};
}

}  // namespace pyfw
