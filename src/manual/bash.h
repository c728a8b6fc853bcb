// What bash completes behind `pyfw`, as a script for /usr/share/bash-completion/completions/pyfw. It needs
// nothing but bash.

#pragma once

#include <string>

#include "manual/command_line.h"

namespace pyfw {

std::string bash_completion(const CommandLine& all);

}  // namespace pyfw
