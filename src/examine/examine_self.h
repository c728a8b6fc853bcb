// Looks at pyfw itself: what it keeps, whether the wishes hold, whether its daemon runs.

#pragma once

#include "doctor/examined.h"
#include "engine/kernel.h"
#include "keep/store.h"

namespace pyfw {

// `kernel` has read nothing yet. What can't be looked at goes to `unseen`.
OwnAffairs examine_self(Store& store, Kernel& kernel, std::vector<Unseen>& unseen);

}  // namespace pyfw
