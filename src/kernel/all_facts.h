// All that can be known of the network namespace that we are in besides its rules.

#pragma once

#include "engine/kernel.h"

namespace pyfw {

// What can't be looked at is a warning, as long as interfaces and routes can.
Result<AllFacts> read_all_facts();

}  // namespace pyfw
