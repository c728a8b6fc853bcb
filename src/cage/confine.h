// Takes from this process, and all that come from it, what a caged script is not to have.

#pragma once

#include <cstddef>

#include "cage/syscall_filter.h"

namespace pyfw {

struct Confinement {
  std::size_t processes;
  std::size_t process_bytes;
  std::size_t file_bytes;
};

// Runs between clone and exec, so it allocates nothing. `is_there` is false where the system refuses.
SyscallFilter confine(const Confinement& confinement);

}  // namespace pyfw
