// `pyfw doctor`: what is wrong on this host, or will surprise, worst first.

#pragma once

#include "app/options.h"

namespace pyfw {

ExitCode run_doctor(const Options& options, const World& world);

}  // namespace pyfw
