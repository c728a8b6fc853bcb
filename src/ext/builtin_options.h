// The options of a rule that belong to no extension: -s, -d, -i, -o, -p and -f.

#pragma once

#include "ext/rows.h"

namespace pyfw {

bool is_builtin_option(std::string_view option);
// Takes one option with its value. False where the value can't be read.
bool compile_builtin_option(Words& words, Family family, Conditions& out);

}  // namespace pyfw
