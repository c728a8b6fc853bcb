// What to type next.

#pragma once

#include <string>
#include <string_view>

#include "app/options.h"

namespace pyfw {

// "pyfw confirm --netns blue": a command line that acts where this one acted.
std::string same_place(std::string_view subcommand, const Options& options);

}  // namespace pyfw
