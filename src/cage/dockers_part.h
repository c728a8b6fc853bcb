// Of what stands on a host the part that is Docker's: what a script finds that is run after Docker has
// started and before any other has put up rules.

#pragma once

#include <string_view>

#include "host/facts.h"
#include "nf/state.h"

namespace pyfw {

// With policies as the kernel has them by itself. Where Docker has nothing there, and the script speaks of
// its chains, it is what Docker makes when it starts.
State dockers_part(const State& live, const Facts& facts, std::string_view script);

}  // namespace pyfw
