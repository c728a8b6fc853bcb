// The chains that Docker makes when it starts (17.06 to 27), with no container: for a script that puts rules
// into them, on a host whose Docker is not there at the moment.

#pragma once

#include "host/facts.h"
#include "nf/state.h"

namespace pyfw {

// For docker0 and the bridges of other networks, in IPv4; the policies are the kernel's own.
State dockers_chains(const Facts& facts);

}  // namespace pyfw
