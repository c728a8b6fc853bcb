// The lock that the writers of iptables-legacy take: /run/xtables.lock, one file for all network namespaces.

#pragma once

#include <string>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw {

// Waits up to 10 s; then fails, and names the holder where /proc/locks does.
Result<Fd> take_xtables_lock();

}  // namespace pyfw
