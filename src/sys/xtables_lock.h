// The lock that the writers of iptables-legacy take: /run/xtables.lock, one file for all network namespaces.

#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/fd.h"
#include "engine/kernel.h"

namespace pyfw {

// Waits up to 10 s; then fails, and names the holder where /proc/locks does.
Result<Fd> take_xtables_lock();

// The same, for as long as that lives, and a lock of their own for the programs of iptables-legacy that we
// run meanwhile: `lock_file` is what XTABLES_LOCKFILE has to be for them, and must outlive it; empty again
// when it goes.
Result<std::unique_ptr<Hold>> hold_xtables_lock(std::string& lock_file);

}  // namespace pyfw
