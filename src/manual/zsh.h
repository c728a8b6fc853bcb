// What zsh completes behind `pyfw`, as a function for a folder of its fpath: /usr/share/zsh/…/_pyfw.

#pragma once

#include <string>

#include "manual/command_line.h"

namespace pyfw {

std::string zsh_completion(const CommandLine& all);

}  // namespace pyfw
