// The files of the host's root that a caged script may read as its root would: saved rules where programs
// keep them, and what lies beside the script and is named in it. All else that not everybody may read it is
// refused.

#pragma once

#include <string>
#include <vector>

#include "cage/caged_run.h"

namespace pyfw {

// As far as we can read them ourselves.
std::vector<CagedFile> files_of_root(const CagedScript& script);

}  // namespace pyfw
