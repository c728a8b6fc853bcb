// `pyfw who`: every source that can open a connection to an endpoint, or to each service of the host.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_who(const Options& options, const World& world);

}  // namespace pyfw
