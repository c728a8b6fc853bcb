// What becomes of a connection's first packet and of its answer, for all packets at once, as the kernel's
// code has it. Written from that, and from nothing of pyfw's.
//
// Not in it: packets to or from groups and broadcast addresses, bridges, NAT that draws by lot, and what
// answers look like that others than the kernel write: they are 60 bytes long, with a TTL of 64.

#pragma once

#include <string>
#include <vector>

#include "tests/z3/packet.h"
#include "tests/z3/ruleset.h"

namespace z3check {

// What all packets that are asked about have in common. Their source, source port, TTL, TOS and length are
// any.
struct Asked {
  std::string interface{};
  int protocol = 6;  // TCP, of which it is a SYN, or UDP
  Address destination{};
  int port = 80;
  int rp_filter = 0;
  bool knows_listeners = false;  // else everyone listens
};

struct Free {
  z3::expr source, source_port, ttl, tos, length;
};
Free free_of(const Numbers& numbers);

// The sources that are not asked about: those that are no single host's, or the destination's own; of IPv6
// the host's own too, links' and IPv4's.
std::vector<Network> left_out(const Asked& asked);

struct Outcomes {
  z3::expr works, refused;  // all others are dropped
};
Outcomes outcomes_of(const Numbers& numbers, const Ruleset& rules, const std::vector<Set>& sets,
                     const Asked& asked, const Free& packet);

}  // namespace z3check
