// Which part of the state belongs to the network namespace that the calling thread is in.

#pragma once

#include <string>

#include "base/error.h"

namespace pyfw {

inline constexpr const char* kHostPart = "host";

// "host" for that of process 1; "name-blue" where `ip netns` calls it blue (the first by name); else
// "cookie-4097" or, on kernels before 5.14, "inode-4026532008". The numbers last as long as the namespace.
Result<std::string> part_of_this_namespace();

}  // namespace pyfw
