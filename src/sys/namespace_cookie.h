// The number of the calling thread's network namespace that is never used again until the next boot.

#pragma once

#include <cstdint>
#include <optional>

namespace pyfw {

// None on a kernel before 5.14, which has none.
std::optional<std::uint64_t> namespace_cookie();

}  // namespace pyfw
