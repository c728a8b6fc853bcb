// What only the containers' own network namespaces tell: who listens there, and which veths lead there.

#pragma once

#include <string>
#include <vector>

#include "host/facts.h"

namespace pyfw {

// `proc` knows the containers' processes. A container that can't be entered stays as it is; one that shares
// the host's network has nothing of its own.
void look_inside(const std::string& proc, const std::vector<Interface>& interfaces, Docker& docker);

}  // namespace pyfw
