// Keeps a log readable: some lines at once, then one now and then, with the number of those that were left
// out.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pyfw {

class LogPace {
 public:
  // The line to be written now, at that ms of CLOCK_BOOTTIME; none where it is too soon for one.
  std::optional<std::string> pace(std::int64_t now, std::string line);

  static constexpr std::int64_t kAtOnce = 12;
  static constexpr std::int64_t kOneEach = 6'000;  // ms

 private:
  std::int64_t left_ = kAtOnce;
  std::int64_t filled_at_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace pyfw
