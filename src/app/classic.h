// The classic command line: `pyfw`, `pyfw --apply`, `pyfw --print-state` and its like.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_classic(const Options& options, const World& world);

}  // namespace pyfw
