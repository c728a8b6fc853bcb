#include "sys/boot_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/strings.h"
#include "sys/files.h"

namespace pyfw {
namespace {

constexpr std::int64_t kAskEvery = 1000;

timespec to_timespec(std::int64_t ms) {
  return {.tv_sec = static_cast<time_t>(ms / 1000), .tv_nsec = static_cast<long>(ms % 1000 * 1'000'000)};
}

}  // namespace

std::int64_t boot_time_now() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

Result<std::string> boot_id(const std::string& proc) {
  auto file = read_file(proc + "/sys/kernel/random/boot_id", Trust::kAnybody);
  if (!file) return fail(file.error().message);
  auto id = std::string(trim((*file)->text));
  if (id.empty()) return fail(fmt::format("{} is empty", (*file)->name));
  return id;
}

Waited hold_until(std::int64_t deadline, const std::function<bool()>& still_wanted) {
  while (still_wanted()) {
    auto now = boot_time_now();
    if (now >= deadline) return Waited::kDeadline;
    // An absolute moment of this clock, so that it is not missed by as long as the machine sleeps.
    auto next = to_timespec(std::min(deadline, now + kAskEvery));
    clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &next, nullptr);
  }
  return Waited::kNoLongerWanted;
}

}  // namespace pyfw
