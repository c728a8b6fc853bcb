// Which processes hold which sockets, as the links in /proc/PID/fd tell.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"

namespace pyfw {

using Inodes = std::vector<std::uint64_t>;

// Fails where we may not look; a process that is gone has none.
Result<Inodes> sockets_of(pid_t pid, const std::string& proc = "/proc");

// The names of the programs that hold them; what we may not look at is left out. Of several processes it is
// the one with the lowest number, which is the parent as a rule; init is the last, since it only starts the
// others.
std::map<std::uint64_t, std::string> holders_of(const std::set<std::uint64_t>& sockets,
                                                const std::string& proc = "/proc");

}  // namespace pyfw
