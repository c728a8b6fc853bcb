// As few rules and members as still show what is wrong.

#pragma once

#include <functional>
#include <vector>

#include "tests/random/rules.h"

namespace pyfw {

// Takes lines away from all of them while it is still wrong.
std::vector<Rules> shrunk(std::vector<Rules> all,
                          const std::function<bool(const std::vector<Rules>&)>& is_wrong);

}  // namespace pyfw
