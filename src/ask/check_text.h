// What has become of expectations, as a person reads it.
//
//   ✓ host2 reaches nginx  works
//   ✗ nobody else does     refused was expected
//       192.168.122.66 to 192.168.122.190:8000/tcp works: accepted by filter DOCKER 1, …
//
//   1 of 2 expectations holds.

#pragma once

#include <span>
#include <string>

#include "ask/check.h"

namespace pyfw {

// Ends with a newline. Control characters are made visible.
std::string as_text(std::span<const Finding> findings, bool colour);

// "✓", "✗", "?".
std::string_view mark_of(Standing standing);

}  // namespace pyfw
