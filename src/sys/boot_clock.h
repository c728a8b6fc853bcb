// The real clock.

#pragma once

#include "engine/clock.h"

namespace pyfw {

class BootClock : public Clock {
 public:
  [[nodiscard]] std::int64_t now() const override;
  [[nodiscard]] std::string boot() const override;
  [[nodiscard]] std::string time_of_day(std::int64_t at) const override;
  [[nodiscard]] bool is_alive(std::int64_t pid, std::uint64_t started) const override;
};

}  // namespace pyfw
