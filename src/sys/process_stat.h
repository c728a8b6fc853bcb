// What /proc/PID/stat says of a process. Its start time tells it from a later process of the same number.
//
//   auto stat = read_process_stat(pid);
//   ...                                              // later
//   if (is_running(pid, stat->started)) ...          // still that one

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pyfw {

struct ProcessStat {
  pid_t pid = 0;
  std::string name;  // any 15 bytes that the process likes
  char state = '?';
  pid_t parent = 0;  // 0: none that this /proc knows
  pid_t session = 0;
  std::uint64_t started = 0;  // ticks since boot, as of CLOCK_BOOTTIME

  bool operator==(const ProcessStat&) const = default;
};

std::optional<ProcessStat> parse_process_stat(std::string_view text);

// None where there is no such process.
std::optional<ProcessStat> read_process_stat(pid_t pid, const std::string& proc = "/proc");

// Whether that very process is there and can still do something: a zombie can't.
bool is_running(pid_t pid, std::uint64_t started, const std::string& proc = "/proc");

// Ticks of /proc as milliseconds, rounded down: never later than what they stand for.
std::int64_t ticks_to_ms(std::uint64_t ticks);

}  // namespace pyfw
