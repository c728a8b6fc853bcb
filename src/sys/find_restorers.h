// Which of the units that put back rules (engine/restorers.h) are enabled here, or active.

#pragma once

#include <string>
#include <vector>

#include "engine/restorers.h"

namespace pyfw {

// Enabled by the links below `root`, masked ones left out. Active where systemd runs there and says so in
// time.
std::vector<Restorer> find_restorers(const std::string& root = "");

}  // namespace pyfw
