// A random target, of those that the table and the hooks take.

#pragma once

#include <string>
#include <vector>

#include "random_match.h"

namespace pyfw::differential {

// `jumps`: the user chains that may be gone to. With its `-j`; empty for a rule without target.
std::string random_target(const Near& near, const Standing& standing, const Matches& matches,
                          const std::vector<std::string>& jumps);

}  // namespace pyfw::differential
