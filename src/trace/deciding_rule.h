// Which rule let a packet through.

#pragma once

#include <optional>

#include "trace/flow.h"

namespace pyfw {

struct Acceptance {
  Decider decider = Decider::kNothing;
  std::optional<RuleRef> rule{};  // of kPolicy only its chain counts
};

// What accepted it in the last chain of filter that it met.
Acceptance accepting_rule(const TracedHost& host, const Path& path);

}  // namespace pyfw
