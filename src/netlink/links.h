// The interfaces of the network namespace that a socket was opened in, by rtnetlink(7).
//
//   TRY(auto socket, NetlinkSocket::open(NETLINK_ROUTE));
//   TRY(auto interfaces, read_interfaces(socket));
//   auto name = interfaces.at(2).name;

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/error.h"
#include "host/facts.h"
#include "netlink/netlink_socket.h"

namespace pyfw {

using Interfaces = std::map<std::uint32_t, Interface>;  // by their indexes

// With their addresses.
Result<Interfaces> read_interfaces(NetlinkSocket& socket);

// Empty where there is none of that index.
std::string name_of(const Interfaces& interfaces, std::uint32_t index);

}  // namespace pyfw
