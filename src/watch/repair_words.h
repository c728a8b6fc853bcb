// What a repair does, in one line for a log.

#pragma once

#include <string>

#include "plan/way.h"

namespace pyfw {

// "iptables filter: allow_office moved in FORWARD; no_telnet put back in INPUT". At most three of each
// table's edits are named. Empty for a way with nothing to do.
std::string repair_words(const Way& way);

}  // namespace pyfw
