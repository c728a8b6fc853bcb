// What the daemon has to look at, and from when on. Times are ms of CLOCK_BOOTTIME.

#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace pyfw {

class Due {
 public:
  static constexpr auto kNever = std::numeric_limits<std::int64_t>::max();
  // A container that starts changes interfaces, addresses and routes a dozen times; what they mean for the
  // wishes is asked when that is over, or after so long.
  static constexpr std::int64_t kQuiet = 20;
  static constexpr std::int64_t kLongestBurst = 200;

  bool rules = false;
  bool all = false;

  void facts_when_quiet(std::int64_t now) {
    if (facts_at_latest_ == kNever) facts_at_latest_ = now + kLongestBurst;
    facts_at_ = std::min(now + kQuiet, facts_at_latest_);
  }
  void facts_at(std::int64_t moment) { facts_at_ = std::min(facts_at_, moment); }
  // Where they change without end, what they mean has to wait.
  void facts_not_before(std::int64_t moment) { facts_not_before_ = moment; }
  [[nodiscard]] std::int64_t facts_at() const { return std::max(facts_at_, facts_not_before_); }
  // True once when it is time.
  bool take_facts(std::int64_t now) {
    if (now < facts_at()) return false;
    facts_at_ = facts_at_latest_ = kNever;
    return true;
  }
  void none() { *this = Due(); }

 private:
  std::int64_t facts_at_ = kNever;
  std::int64_t facts_at_latest_ = kNever;
  std::int64_t facts_not_before_ = 0;
};

}  // namespace pyfw
