// Reads the files that decide what starts at boot; systemd need not run for it.

#pragma once

#include <string>

#include "doctor/unit_files.h"

namespace pyfw {

// Below `root`, where links that begin with a slash lead too. What can't be read is left out.
UnitFiles read_unit_files(const std::string& root = "");

}  // namespace pyfw
