// `pyfw rollback [ID]`: undoes what pyfw changed, and keeps what others did meanwhile.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_rollback(const Options& options, const World& world);

}  // namespace pyfw
