// What a host of the lab sees of the machine's file system.

#pragma once

#include "base/error.h"
#include "lab/host.h"

namespace pyfw::lab {

// Gives the calling process, which must be in a mount namespace of its own, the file system of a host:
// see host.h for what it has to itself. Nothing of it is ever seen outside.
Result<void> make_folders(Backend backend);

}  // namespace pyfw::lab
