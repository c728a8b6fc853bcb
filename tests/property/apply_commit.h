// What iptables-restore --noflush and ipset restore do to a state, as far as commits go: strict, so that a
// line which the real program would refuse fails here too.

#pragma once

#include <functional>

#include "base/error.h"
#include "nf/state.h"
#include "plan/commit.h"

namespace pyfw {

// `after_each` is called whenever a packet could meet the state: after each line of a set commit, and once
// after a table's.
Result<void> apply_commit(State& state, const Commit& commit,
                          const std::function<void(const State&)>& after_each);

}  // namespace pyfw
