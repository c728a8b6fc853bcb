// `pyfw status`: do the wishes hold, what have they matched, what has the daemon done.

#pragma once

#include "app/options.h"

namespace pyfw {

// Exit status 3 where a wish does not hold.
ExitCode run_status(const Options& options, const World& world);

}  // namespace pyfw
