// Where a command's input comes from: the wishes files, and the kernel or the files in its place.

#pragma once

#include <memory>

#include "app/options.h"
#include "engine/look.h"

namespace pyfw {

ReadWishes wishes_of(const Options& options);

// What the files hold that the command line names, the facts of a document included.
Result<HostState> saved_host_of(const Options& options);
// The state from the files that the command line names; what it does not name is empty.
Result<HostState> saved_host_of(const Options& options);
Result<std::unique_ptr<Kernel>> saved_kernel_of(const Options& options);

// That, or the live kernel on the backend that `iptables` means: for the classic flags, whose commands are
// run by it.
Result<std::unique_ptr<Kernel>> classic_kernel_of(const Options& options);

}  // namespace pyfw
