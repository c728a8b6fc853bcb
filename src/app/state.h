// `pyfw state`: what is there, as YAML, JSON or the saves' own texts.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_state(const Options& options, const World& world);

}  // namespace pyfw
