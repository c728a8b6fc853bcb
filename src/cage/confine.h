// Takes from this process, and all that come from it, what a caged script is not to have.

#pragma once

#include <cstddef>

namespace pyfw {

struct Confinement {
  std::size_t processes;
  std::size_t process_bytes;
  std::size_t file_bytes;
};

// Runs between clone and exec, so it allocates nothing. False where the system refuses.
bool confine(const Confinement& confinement);

}  // namespace pyfw
