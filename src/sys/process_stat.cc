#include "sys/process_stat.h"

#include <fmt/format.h>
#include <unistd.h>

#include <limits>

#include "base/strings.h"
#include "sys/files.h"

namespace pyfw {
namespace {

// Counted as proc(5) does, from 1.
constexpr std::size_t kState = 3;
constexpr std::size_t kParent = 4;
constexpr std::size_t kSession = 6;
constexpr std::size_t kStarted = 22;

std::optional<pid_t> parse_pid(std::string_view text) {
  auto number = parse_number(text);
  if (!number || *number > static_cast<unsigned long>(std::numeric_limits<pid_t>::max())) return {};
  return static_cast<pid_t>(*number);
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The name may hold blanks and parentheses of its own, and nothing behind it does.
  auto open = text.find(" (");
  auto close = text.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open + 2) return {};
  auto fields = split(text.substr(close + 2), ' ');
  auto field = [&](std::size_t number) {
    return number - kState < fields.size() ? trim(fields[number - kState]) : std::string_view();
  };
  auto pid = parse_pid(text.substr(0, open));
  auto parent = parse_pid(field(kParent));
  auto session = parse_pid(field(kSession));
  auto started = parse_number(field(kStarted));
  if (!pid || field(kState).size() != 1 || !parent || !session || !started) return {};
  return ProcessStat{.pid = *pid,
                     .name = std::string(text.substr(open + 2, close - open - 2)),
                     .state = field(kState)[0],
                     .parent = *parent,
                     .session = *session,
                     .started = *started};
}

std::optional<ProcessStat> read_process_stat(pid_t pid, const std::string& proc) {
  auto file = read_file(fmt::format("{}/{}/stat", proc, pid), Trust::kAnybody);
  if (!file) return {};
  return parse_process_stat((*file)->text);
}

bool is_running(pid_t pid, std::uint64_t started, const std::string& proc) {
  auto stat = read_process_stat(pid, proc);
  return stat && stat->started == started && stat->state != 'Z' && stat->state != 'X' && stat->state != 'x';
}

std::int64_t ticks_to_ms(std::uint64_t ticks) {
  auto per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return static_cast<std::int64_t>(ticks / per_second * 1000 + ticks % per_second * 1000 / per_second);
}

}  // namespace pyfw
