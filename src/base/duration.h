// A span of time as people write it: "60s", "5m", "1h30m", and "90" for seconds.
//
//   TRY(auto window, parse_duration("5m", {.shortest = 1s, .longest = 24h}));

#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pyfw {

struct DurationBounds {
  std::chrono::seconds shortest{1};
  std::chrono::seconds longest{std::chrono::hours{24}};
};

// Whole hours, minutes and seconds, the larger unit first, each at most once. Fails (bad input) on anything
// else, and outside of the bounds.
Result<std::chrono::seconds> parse_duration(std::string_view text, const DurationBounds& bounds = {});

// "90s" as "1m30s": what parse_duration reads.
std::string to_string(std::chrono::seconds duration);

}  // namespace pyfw
