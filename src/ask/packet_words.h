// A packet in words.

#pragma once

#include <string>
#include <string_view>

#include "ext/encounter.h"
#include "net/packet.h"

namespace pyfw {

// "192.168.122.67:50000 to 172.17.0.2:80", "192.168.122.67 to 172.17.0.2, echo-request".
std::string ends_of(const Packet& packet);

// "NEW", as `--ctstate` takes it.
std::string_view name_of(CtState state);
// None for another word.
std::optional<CtState> ct_state_called(std::string_view name);

// "echo-request", or "type 3/1".
std::string name_of_icmp(const Packet& packet);
struct IcmpType {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
};
// A number, TYPE/CODE, or a name as iptables knows it; none for anything else.
std::optional<IcmpType> icmp_type_called(std::string_view name, Family family);

}  // namespace pyfw
