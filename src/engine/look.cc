#include "engine/look.h"

#include <fmt/format.h>

#include <future>

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

}  // namespace

Result<Outlook> look(const ReadWishes& read_wishes, Kernel& kernel) {
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
  auto& rules = *written;

  Outlook outlook{.live = {.state = std::move(*state), .facts = std::move(*facts)},
                  .desired = {},
                  .plan = {},
                  .warnings = {}};
  const auto& live = outlook.live.state;
  TRY_VOID(check_references(*wishes, rules, live));
  TRY(auto sets, write_sets(*wishes, live));
  TRY_VOID(spell(*wishes, rules, sets, live, kernel));
  TRY_VOID(refuse_replaced_sets(sets, live));
  auto resolved = resolve(*wishes, rules, sets, live);
  TRY_VOID(refuse_loops(rules, resolved.desired.state));
  outlook.desired = std::move(resolved.desired);
  outlook.warnings = std::move(resolved.warnings);
  outlook.plan = make_plan(live, outlook.desired);
  return outlook;
}

}  // namespace pyfw
