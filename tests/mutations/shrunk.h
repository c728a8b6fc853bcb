// As few rules and members as still show what is wrong.

#pragma once

#include <functional>

#include "tests/mutations/mutation.h"

namespace pyfw {

struct Pair {
  Rules before;
  Rules after;
};

// Takes lines away from both while it is still wrong.
Pair shrunk(Pair pair, const std::function<bool(const Pair&)>& is_wrong);

}  // namespace pyfw
