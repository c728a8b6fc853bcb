// Chance that can be repeated: the same seed gives the same ruleset, on any machine.

#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace pyfw::differential {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  // From 0, `limit` excluded.
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : engine_() % limit; }
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<std::size_t>(high - low + 1)));
  }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace pyfw::differential
