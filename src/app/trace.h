// `pyfw trace`: what becomes of a packet, and why.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_trace(const Options& options, const World& world);

}  // namespace pyfw
