// What fish completes behind `pyfw`, as a script for /usr/share/fish/vendor_completions.d/pyfw.fish.

#pragma once

#include <string>

#include "manual/command_line.h"

namespace pyfw {

std::string fish_completion(const CommandLine& all);

}  // namespace pyfw
