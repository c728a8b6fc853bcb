// The clock that a deadline is kept by: it counts from the boot on, also while the machine sleeps, and nobody
// can set it. A moment of it means something in one boot only, so it is kept with the boot's id.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"

namespace pyfw {

// CLOCK_BOOTTIME in milliseconds.
std::int64_t boot_time_now();

// The kernel draws another one at each boot.
Result<std::string> boot_id(const std::string& proc = "/proc");

enum class Waited { kDeadline, kNoLongerWanted };

// Waits for the moment, and asks every second whether it is still wanted.
Waited hold_until(std::int64_t deadline, const std::function<bool()>& still_wanted);

}  // namespace pyfw
