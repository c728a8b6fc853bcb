// Connections, as conntrack keeps them.

#pragma once

#include <cstdint>
#include <optional>

#include "ext/encounter.h"

namespace pyfw {

CtTuple tuple_of(const Packet& packet);
CtTuple turned(const CtTuple& tuple);

// What a packet is that belongs to no connection that is known: NEW, INVALID, or UNTRACKED.
CtState state_of_first(const Packet& packet);

// Whether TCP's flags make sense at all (tcp_valid_flags[] in nf_conntrack_proto_tcp.c).
bool has_valid_flags(const Packet& packet);

// Linux 6.18 tracks DCCP as what has no ports.
constexpr bool tracks_ports(std::uint8_t protocol) { return has_ports(protocol) && protocol != kDccp; }

// An ICMP message that tells of another packet.
bool is_icmp_error(const Packet& packet);
// The type that answers such a request of ICMP; none: it is no request.
std::optional<std::uint8_t> icmp_answer(Family family, std::uint8_t type);
// The type of the other direction, of a request and of its answer; of all else the type itself.
std::uint8_t turned_icmp_type(Family family, std::uint8_t type);
inline bool is_icmp(const Packet& packet) {
  return packet.protocol == (packet.family() == Family::kIpv4 ? kIcmp : kIcmp6);
}
inline bool is_icmp(const CtTuple& tuple) { return tuple.protocol == kIcmp || tuple.protocol == kIcmp6; }

}  // namespace pyfw
