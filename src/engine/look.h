// Looks at the wishes and at the host, and says what would have to be done: what every subcommand that
// plans begins with.

#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "engine/kernel.h"
#include "host/state_document.h"
#include "plan/plan.h"
#include "wish/parse.h"
#include "wish/resolve.h"

namespace pyfw {

struct Outlook {
  HostState live;
  Desired desired;
  Plan plan;
  std::vector<Error> warnings;
};

// Reads the wishes; runs while the kernel is being read.
using ReadWishes = std::function<Result<Wishes>()>;

// A set that would have to become another one (another type, say) is bad input here, at its place: single
// commands can't do that.
Result<Outlook> look(const ReadWishes& read_wishes, Kernel& kernel);

}  // namespace pyfw
