// `pyfw plan`: what an apply would change, chain by chain.

#pragma once

#include "app/options.h"

namespace pyfw {

// kNo where there is something to do.
ExitCode run_plan(const Options& options, const World& world);

}  // namespace pyfw
