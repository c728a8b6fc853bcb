// What the readers of rtnetlink(7) share.

#pragma once

#include <linux/rtnetlink.h>

#include <optional>

#include "net/ip.h"
#include "netlink/netlink_socket.h"

namespace pyfw {

// None for all else than AF_INET and AF_INET6.
std::optional<Family> family_of_number(unsigned number);

// None where the attribute is not there, or too short for one.
std::optional<Ip> address_in(Family family, const nlattr* attribute);
Ip any_address(Family family);

}  // namespace pyfw
