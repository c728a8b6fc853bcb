// Jumps that lead back to where they came from. The kernel refuses them, but iptables-nft only once a builtin
// chain leads there, which may be long after.

#pragma once

#include "base/error.h"
#include "nf/state.h"
#include "wish/written.h"

namespace pyfw {

// Fails with the place of a wished rule whose jump closes a loop of the desired state.
Result<void> refuse_loops(const WrittenRules& written, const State& desired);

}  // namespace pyfw
