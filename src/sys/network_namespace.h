// Works in another network namespace than the one that pyfw was started in.

#pragma once

#include <string>

#include "base/error.h"

namespace pyfw {

// NAME (of `ip netns`), a PATH, `pid:N` or `container:NAME` (of Docker). The calling thread enters it, and
// with it all threads and programs that it starts later. Fails, as bad input, where there is none.
Result<void> enter_network_namespace(const std::string& where);

}  // namespace pyfw
