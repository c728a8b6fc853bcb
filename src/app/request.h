// An apply as it was asked for on the command line.

#pragma once

#include "app/options.h"
#include "engine/apply.h"

namespace pyfw {

// Fails on a time that is none.
Result<ApplyRequest> request_of(const Options& options);

}  // namespace pyfw
