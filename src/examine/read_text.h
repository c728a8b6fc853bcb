// Small files that a host may or may not have.

#pragma once

#include <optional>
#include <string>

namespace pyfw {

// None where there is no regular file that we may read, or it is larger than 1 MiB.
std::optional<std::string> read_small_file(const std::string& path);

}  // namespace pyfw
