#include "engine/look.h"

#include <fmt/format.h>

#include <future>

#include "engine/impossible.h"
#include "engine/ownership.h"
#include "engine/prune.h"
#include "engine/spell.h"
#include "show/totals.h"
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
                     "single commands can't change a set's type and options: let `pyfw apply` do it, or give "
                     "it another name");
  }
  return {};
}

// `desired` fulfils the wishes; what temporary there is goes too.
Result<Way> way_to(Desired& desired, const Wishes& wishes, const State& live, const Kernel& kernel) {
  remove_temporary_sets(live, desired);
  TRY_VOID(refuse_impossible_sets(wishes, live, desired));
  return find_way(live, desired, kernel.backend());
}

Result<void> resolve_guarded(Outlook& outlook, const Stance& stance, Kernel& kernel) {
  const auto& live = outlook.live.state;
  if (stance.is_recorded && stance.is_recorded(outlook)) {
    TRY(outlook.way, way_to(outlook.desired, outlook.wishes, live, kernel));
    outlook.is_recorded = outlook.way.empty();
    if (outlook.is_recorded) return {};
  }
  if (stance.recall) TRY_VOID(stance.recall(outlook));
  if (!stance.adopts) TRY_VOID(refuse_unowned(outlook.wishes, outlook.written, live, outlook.record));
  if (outlook.record)
    for (auto& message : prune(*outlook.record, outlook.wishes, outlook.written, outlook.desired))
      outlook.messages.push_back(std::move(message));
  TRY(outlook.way, way_to(outlook.desired, outlook.wishes, live, kernel));
  outlook.messages.insert(outlook.messages.end(), outlook.way.caveats.begin(), outlook.way.caveats.end());
  return {};
}

std::size_t rules_in(const State& state) {
  std::size_t count = 0;
  for (const auto& [id, chain] : chains_of(state)) count += chain->rules.size();
  return count;
}

// Who begins with wishes for rules that are there would have each of them twice.
void tell_of_twins(Outlook& outlook, const std::vector<WishedSet>& sets, std::size_t rules) {
  auto adopting =
      resolve(outlook.wishes, outlook.written, sets, outlook.live.state, Claims::kNamesAndSameText);
  auto twins = rules - rules_in(adopting.desired.state);
  if (twins == 0) return;
  outlook.messages.push_back(fmt::format(
      "{} there already, without a name: with --adopt the wishes take {} over, else {} there twice",
      twins == 1 ? "one of the new rules stands"
                 : fmt::format("{} of the new rules stand", with_commas(twins)),
      twins == 1 ? "it" : "them", twins == 1 ? "it stands" : "they stand"));
}

struct Read {
  Wishes wishes;
  Facts facts;
  WrittenRules written;
  std::vector<Error> warnings;
  LastValues values;
};

// The wishes, looked at as far as they can be by themselves. Docker is asked only where they name something
// of it.
Result<Read> read_without_rules(const ReadWishes& read_wishes, Kernel& kernel, const Stance& stance) {
  Read read;
  auto facts = kernel.facts();
  TRY(read.wishes, read_wishes());
  if (!facts) return std::unexpected(std::move(facts).error());
  read.facts = std::move(*facts);
  if (stance.default_routes == DefaultRoutes::kIgnored)
    std::erase_if(read.facts.routes, [](const Route& route) { return route.destination.length == 0; });
  HostKnowledge known{.facts = read.facts, .docker = {}, .last = stance.last};
  if (names_docker(read.wishes)) {
    auto docker = stance.docker ? *stance.docker : kernel.docker();
    if (docker) {
      known.docker = std::move(*docker);
    } else {
      read.warnings.push_back(std::move(docker).error());
    }
  }
  TRY(read.written, write_rules(read.wishes, known));
  for (auto& warning : warnings_of(read.written)) read.warnings.push_back(std::move(warning));
  read.values = values_to_keep(read.wishes, known);
  return read;
}

}  // namespace

Description describe(const Outlook& outlook) {
  return outlook.way.empty() ? Description() : describe(outlook.live.state, outlook.desired);
}

Desired desired_of(Resolved resolved, const std::vector<WishedSet>& sets) {
  for (const auto& set : sets)
    if (set.wish->members_equal) resolved.desired.exact_sets.insert(set.wish->name);
  return std::move(resolved.desired);
}

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
  // While the kernel is read.
  auto reading = std::async(std::launch::async, [&kernel] { return kernel.read(); });
  auto read = read_without_rules(read_wishes, kernel, stance);
  auto state = reading.get();
  if (!read) return std::unexpected(std::move(read).error());
  if (!state) return std::unexpected(std::move(state).error());

  Outlook outlook;
  outlook.wishes = std::move(read->wishes);
  outlook.written = std::move(read->written);
  outlook.live = {.state = std::move(*state), .facts = std::move(read->facts)};
  outlook.warnings = std::move(read->warnings);
  outlook.values = std::move(read->values);
  const auto& live = outlook.live.state;
  auto& rules = outlook.written;
  say("spell");
  TRY_VOID(check_references(outlook.wishes, rules, live));
  TRY(auto sets, write_sets(outlook.wishes, live));
  TRY_VOID(spell_sets(sets, live, kernel));
  TRY_VOID(spell_rules(outlook.wishes, rules, sets, live, kernel));
  if (stance.manner == Manner::kClassic) TRY_VOID(refuse_replaced_sets(sets, live));
  outlook.claims = stance.adopts ? Claims::kNamesAndSameText : Claims::kNames;
  auto resolved = resolve(outlook.wishes, rules, sets, live, outlook.claims);
  TRY_VOID(refuse_loops(rules, resolved.desired.state));
  for (auto& warning : resolved.warnings) outlook.warnings.push_back(std::move(warning));
  outlook.desired = desired_of(std::move(resolved), sets);
  if (stance.manner == Manner::kGuarded) {
    auto rules_wanted = rules_in(outlook.desired.state);
    TRY_VOID(resolve_guarded(outlook, stance, kernel));
    if (!stance.adopts && !outlook.record && !outlook.way.empty()) tell_of_twins(outlook, sets, rules_wanted);
  } else {
    outlook.plan = make_plan(live, outlook.desired);
  }
  if (outlook.way.empty()) TRY_VOID(kernel.finish_reading());
  return outlook;
}

Result<Course> look_again(const Outlook& first, State live, Kernel& kernel) {
  Course course{.live = std::move(live), .desired = {}, .way = {}};
  TRY_VOID(check_references(first.wishes, first.written, course.live));
  TRY(auto sets, write_sets(first.wishes, course.live));
  TRY_VOID(spell_sets(sets, course.live, kernel));
  auto resolved = resolve(first.wishes, first.written, sets, course.live, first.claims);
  TRY_VOID(refuse_loops(first.written, resolved.desired.state));
  course.desired = desired_of(std::move(resolved), sets);
  if (first.record) (void)prune(*first.record, first.wishes, first.written, course.desired);
  TRY(course.way, way_to(course.desired, first.wishes, course.live, kernel));
  return course;
}

}  // namespace pyfw
