// How often a test does what it does: `./dev test` a few times, `./dev soak watch` as often as is said here.

#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>

namespace pyfw::netns {

// A percentage of the full number; none in `./dev test`.
inline constexpr auto kSoakOfWatch = "PYFW_WATCH";

inline int rounds(int in_tests, int in_full) {
  const char* told = std::getenv(kSoakOfWatch);
  return told == nullptr ? in_tests : std::max(in_full * std::stoi(told) / 100, 1);
}

}  // namespace pyfw::netns
