// Sockets of a network namespace that is not the test's own.
//
//   TRY(auto fd, socket_in(host.network(), AF_INET, SOCK_DGRAM));

#pragma once

#include "base/error.h"
#include "base/fd.h"

namespace pyfw::lab {

// It never blocks, and is closed when a program is run. A socket belongs for good to the network namespace of
// the thread that made it.
Result<Fd> socket_in(int network, int family, int type);

}  // namespace pyfw::lab
