// Which system calls a unit lets a service make, as systemd would have the kernel see to it.

#pragma once

#include "base/error.h"
#include "unit_file.h"

namespace pyfw::units {

// SystemCallFilter, RestrictAddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute; from here on, for
// this process and those that it starts. It takes NoNewPrivileges.
Result<void> filter_system_calls(const UnitFile& unit);

}  // namespace pyfw::units
