// The routes of the network namespace that a socket was opened in, by rtnetlink(7).

#pragma once

#include <vector>

#include "base/error.h"
#include "host/facts.h"
#include "netlink/links.h"
#include "netlink/netlink_socket.h"

namespace pyfw {

enum class WhichRoutes : std::uint8_t { kUnicastOfMain, kAll };

// Of one that has several next hops the first one.
Result<std::vector<Route>> read_routes(NetlinkSocket& socket, const Interfaces& interfaces,
                                       WhichRoutes which);

}  // namespace pyfw
