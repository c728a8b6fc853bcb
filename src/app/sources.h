// Where a command's input comes from: the wishes files, and the kernel or the files in its place.

#pragma once

#include <memory>

#include "app/options.h"
#include "engine/look.h"

namespace pyfw {

ReadWishes wishes_of(const Options& options);

// The live kernel, or the state from the files that the command line names; what it does not name is then
// empty.
Result<std::unique_ptr<Kernel>> kernel_of(const Options& options);

}  // namespace pyfw
