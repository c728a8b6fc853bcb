// What ipset keeps to itself: `ipset save` and `ipset list` leave out the option forceadd.

#pragma once

#include <set>
#include <string>

#include "base/error.h"

namespace pyfw {

// The names of the sets that were created with forceadd, in the network namespace of the calling thread.
// Members are not read, so that the size of a set does not matter. Empty where the kernel has no ipset.
Result<std::set<std::string>> forceadd_sets();

}  // namespace pyfw
