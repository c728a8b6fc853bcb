// Which sockets of the network namespace that we are in wait for packets, as sock_diag(7) tells.

#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "host/facts.h"

namespace pyfw {

struct ListeningSocket {
  Listener listener;  // without the program
  std::uint64_t inode = 0;
};

// TCP in LISTEN and UDP that is not connected. A socket of IPv6 that takes IPv4 too stands there twice.
Result<std::vector<ListeningSocket>> read_listening_sockets();

// The same with the programs, each once, sorted.
Result<std::vector<Listener>> read_listeners();

}  // namespace pyfw
