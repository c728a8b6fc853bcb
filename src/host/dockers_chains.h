// The chains that are Docker's own, of all its versions. DOCKER-USER is none: that is its user's.

#pragma once

#include "nf/state.h"

namespace pyfw {

bool is_dockers_own(const ChainId& chain);

}  // namespace pyfw
