// Others that put back all rules of a host at once, at boot or when they are told to: beside one of them
// pyfw's rules may go, or come back from the day on which they were saved.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw {

// The units of systemd that are known to do it.
std::span<const std::string_view> restoring_units();

struct Restorer {
  std::string unit;         // one of those: "ufw.service"
  bool is_enabled = false;  // starts at boot
  bool is_active = false;   // has been started

  bool operator==(const Restorer&) const = default;
};

// What each of them and pyfw do to each other, and what to do about it.
std::vector<Error> warnings_of(std::span<const Restorer> restorers);

}  // namespace pyfw
