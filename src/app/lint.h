// `pyfw lint`: what in the wishes will not do what their author thinks.

#pragma once

#include "app/options.h"

namespace pyfw {

// kNo where something is found that matters.
ExitCode run_lint(const Options& options, const World& world);

}  // namespace pyfw
