// `pyfw check`: whether the expectations of the wishes hold.

#pragma once

#include "app/options.h"

namespace pyfw {

// kNo where one does not.
ExitCode run_check(const Options& options, const World& world);

}  // namespace pyfw
