// `pyfw import`: what stands on a host, as a wishes file.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_import(const Options& options, const World& world);

}  // namespace pyfw
