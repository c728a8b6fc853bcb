// The programs of one backend.

#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "net/ip.h"
#include "nf/backend.h"

namespace pyfw {

// The path of "iptables-nft-save", say; `what` is "", "save" or "restore". Where a system has only one
// backend, its programs have the plain names.
Result<std::string> program_for(Family family, Backend backend, std::string_view what);

// Which backend `iptables` means on this system.
Backend usual_backend();

}  // namespace pyfw
