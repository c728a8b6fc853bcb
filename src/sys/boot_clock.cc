#include "sys/boot_clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

#include "sys/boot_time.h"
#include "sys/process_stat.h"

namespace pyfw {

std::int64_t BootClock::now() const { return boot_time_now(); }

std::string BootClock::boot() const { return boot_id().value_or("unknown"); }

std::string BootClock::time_of_day(std::int64_t at) const {
  auto moment = std::chrono::system_clock::now() + std::chrono::milliseconds(at - now());
  auto seconds = std::chrono::system_clock::to_time_t(moment);
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(seconds));
}

bool BootClock::is_alive(std::int64_t pid, std::uint64_t started) const {
  return pid > 0 && is_running(static_cast<pid_t>(pid), started);
}

}  // namespace pyfw
