// What a host asks of addresses and ports besides its rules' matches: where routes, its own addresses,
// Docker's networks and the targets of NAT begin and end. Values that none of this tells apart go the same
// way between the chains.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "prove/packet_space.h"
#include "trace/compiled_host.h"

namespace pyfw {

// Addresses that mean the same on every host (net/address_kinds.h, the labels of RFC 6724, the groups that
// every host has joined).
std::span<const Prefix> known_kinds(Family family);

std::vector<PointSpan> address_questions(const CompiledHost& host, Family family);

// Where NAT leads to, of each rule the one address.
std::vector<Ip> addresses_of_nat(const CompiledHost& host, Family family);

// The ports that NAT leads to, those that someone listens on, and those of the connections that docker-proxy
// makes.
std::vector<PointSpan> port_questions(const CompiledHost& host, Family family);

// The field of which a target makes another value of the same field: TTL --ttl-dec, TOS --and-tos. Each of
// its values then goes its own way.
std::optional<Field> field_made_of_itself(const Target& target);

}  // namespace pyfw
