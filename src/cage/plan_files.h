// All that a caged script finds in its file tree.

#pragma once

#include <string>

#include "cage/caged_run.h"
#include "cage/tree_plan.h"

namespace pyfw {

// Looks at the host's tree.
Result<TreePlan> plan_files(const CagedScript& script, const CageHost& host, const CageLimits& limits);

// With its folders as they are called in the cage, where links of the host's are followed.
std::string path_in_cage(const std::string& path);

}  // namespace pyfw
