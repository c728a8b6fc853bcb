// Builds a planned file tree and moves into it. Runs between clone and exec, in mount and user namespaces of
// its own, so it allocates nothing.

#pragma once

#include <optional>

#include "cage/tree_plan.h"

namespace pyfw {

// What could not be done, and errno.
struct TreeFailure {
  const char* what = "";
  const char* path = "";
  int error = 0;
};

// The file system in memory, and in it a copy of the host's settings (/proc/sys): while we are still in the
// host's network namespace, whose settings they shall be.
std::optional<TreeFailure> prepare_box(const TreePlan& plan);

// The rest. Afterwards the old tree can't be reached any more.
std::optional<TreeFailure> move_into(const TreePlan& plan);

}  // namespace pyfw
