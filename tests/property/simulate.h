// What iptables and ipset do to a state, as far as a plan's commands go: strict, so that a command which
// the real program would refuse fails here too.

#pragma once

#include <span>
#include <string>

#include "base/error.h"
#include "nf/state.h"

namespace pyfw {

Result<void> simulate(State& state, std::span<const std::string> command);

}  // namespace pyfw
