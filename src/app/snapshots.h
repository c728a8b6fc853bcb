// `pyfw snapshots`: the states that can be returned to.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_snapshots(const Options& options, const World& world);

}  // namespace pyfw
