// `pyfw apply`: fulfils the wishes, the safe way.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_apply(const Options& options, const World& world);

}  // namespace pyfw
