// What main puts together, so that a test can put something else in its place.

#pragma once

#include <functional>
#include <memory>

#include "engine/kernel.h"

namespace pyfw {

struct World {
  // Every live kernel goes through it; none leaves it as it is.
  std::function<std::unique_ptr<Kernel>(std::unique_ptr<Kernel>)> around_kernel{};
};

}  // namespace pyfw
