// Time, as a deadline needs it: it goes on while the machine sleeps, and starts anew when it boots.

#pragma once

#include <cstdint>
#include <string>

namespace pyfw {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual std::int64_t now() const = 0;  // ms of CLOCK_BOOTTIME
  [[nodiscard]] virtual std::string boot() const = 0;  // another one after each boot
  // The time of day, "2026-11-20 13:19:59 UTC", at a moment of CLOCK_BOOTTIME.
  [[nodiscard]] virtual std::string time_of_day(std::int64_t at) const = 0;
  // Whether that process, which started at that tick (/proc/PID/stat), still runs.
  [[nodiscard]] virtual bool is_alive(std::int64_t pid, std::uint64_t started) const = 0;
};

}  // namespace pyfw
