// `pyfw confirm`: keeps the change that waits.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_confirm(const Options& options, const World& world);

}  // namespace pyfw
