// `pyfw watch`: the daemon.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_watch(const Options& options, const World& world);

}  // namespace pyfw
