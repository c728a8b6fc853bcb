#include "kernel/load_state.h"

#include <fmt/format.h>

#include "kernel/refusal.h"
#include "nf/iptables_save.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

// Sets that hold others come last, and need them there.
std::string set_lines(const Sets& sets) {
  std::string others;
  std::string lists;
  for (const auto& set : sets) {
    auto& lines = set.type == "list:set" ? lists : others;
    lines += fmt::format("create {} {} {}\n", set.name, set.type, set.header);
    for (const auto& member : set.members) lines += fmt::format("add {} {}\n", set.name, member);
  }
  return others + lists;
}

}  // namespace

Result<void> load_state(const State& state, Backend backend, const RunProgramWithInput& run) {
  if (!state.sets.empty()) {
    TRY(auto ipset, find_program("ipset"));
    auto input = set_lines(state.sets);
    TRY(auto outcome, run({ipset, "restore"}, input));
    if (outcome.status != 0) return std::unexpected(refusal(ipset, outcome, input));
  }
  for (auto family : kFamilies) {
    const auto& ruleset = ruleset_of(state, family);
    if (ruleset.tables.empty()) continue;
    TRY(auto program, program_for(family, backend, "restore"));
    auto input = write_iptables_save(ruleset);
    TRY(auto outcome, run({program}, input));
    if (outcome.status != 0) return std::unexpected(refusal(program, outcome, input));
  }
  return {};
}

}  // namespace pyfw
