// Programs that a caged script finds in place of those that would reach beyond the cage, or can't work in it.
// Each notes what it was asked to do.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cage/caged_run.h"

namespace pyfw {

struct StandIn {
  std::string name;
  std::string text;
  bool is_always_there = false;  // else only where the host has such a program
};

// They write into `notes`.
std::vector<StandIn> stand_ins(std::string_view notes);

struct SleepFiles {
  std::string_view waits;  // a number, and a new line
  std::string_view notes;
};

// Instead of `sleep`: it runs the real one, which is there in the cage, but seldom as long as it is told. It
// ends a script that waits again and again, and notes that.
std::string sleep_stand_in(std::string_view real, const SleepFiles& files);

// What they wrote. A line that is none of theirs is passed over.
std::vector<MaskedCommand> parse_notes(std::string_view notes);

}  // namespace pyfw
