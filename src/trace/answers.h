// The packets that answer others.

#pragma once

#include <optional>
#include <string_view>

#include "net/packet.h"

namespace pyfw {

// Of someone who takes the request: SYN-ACK to a SYN, the echo to an echo request, the other way round else.
// None where nobody answers such a packet.
std::optional<Packet> answer_to(const Packet& request);

// RST. None to a RST.
std::optional<Packet> reset_of(const Packet& request);

// An ICMP error; its source is the caller's to choose. None for packets that no error may answer.
std::optional<Packet> icmp_error_of(const Packet& request, std::uint8_t type, std::uint8_t code,
                                    const Ip& source);

// Type and code of ICMP's "port unreachable".
struct IcmpKind {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
};
IcmpKind port_unreachable(Family family);

// What `--reject-with` names; none for tcp-reset, and for what no iptables knows.
std::optional<IcmpKind> icmp_kind(std::string_view reject_with);

}  // namespace pyfw
