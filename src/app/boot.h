// `pyfw boot`: the wishes that were applied and confirmed last, before the network is up.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_boot(const Options& options, const World& world);

}  // namespace pyfw
