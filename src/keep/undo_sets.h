// Taking back what changes did to sets; see undo() in keep/change.h.

#pragma once

#include <set>
#include <span>
#include <string>

#include "keep/change.h"

namespace pyfw {

struct SetsUndone {
  Sets sets;
  std::set<std::string> whole;    // came back with every member that they had
  std::set<std::string> created;  // by a change, and hold nothing of others: they go if nobody names them
};

SetsUndone undo_sets(std::span<const Change> changes, const Sets& now);

}  // namespace pyfw
