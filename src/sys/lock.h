// One writer of ours at a time in a network namespace.

#pragma once

#include <functional>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw {

// The lock is on a byte of /run/pyfw/lock, one for each network namespace; it goes with the descriptor, so
// also when its holder is killed. Waits 10 s; calls `say_waiting` once after 1 s; then fails.
Result<Fd> lock_this_namespace(const std::function<void()>& say_waiting);

// Held by the daemon for as long as it runs; none where another one does, for 2 s: one that was killed may
// have been starting a program, which holds it for a moment longer.
Result<std::optional<Fd>> lock_as_daemon_of_this_namespace();

}  // namespace pyfw
