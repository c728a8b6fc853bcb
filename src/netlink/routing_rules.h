// `ip rule` of both families in the network namespace that a socket was opened in, by rtnetlink(7).

#pragma once

#include <vector>

#include "base/error.h"
#include "host/facts.h"
#include "netlink/netlink_socket.h"

namespace pyfw {

// In the order in which the kernel asks them, IPv4 first. One that does nothing is left out.
Result<std::vector<RoutingRule>> read_routing_rules(NetlinkSocket& socket);

}  // namespace pyfw
