// A packet as the rules of one hook see it: what varies are bit-vectors, what every packet that was asked
// about has in common is plain.

#pragma once

#include <z3++.h>

#include <cstdint>
#include <string>

#include "tests/z3/address.h"

namespace z3check {

// What conntrack has told of it. `kNothing`: it has not looked yet, or found the packet to be no
// connection's.
enum class Tracked : std::uint8_t { kNothing, kUntracked, kNew, kEstablished, kRelated };

struct Packet {
  z3::expr source, destination;            // 32 or 128 bits
  z3::expr source_port, destination_port;  // 16
  z3::expr ttl, tos;                       // 8
  z3::expr length;                         // 16
  z3::expr mark, connection_mark;          // 32
  z3::expr has_dnat, has_snat;             // whether its connection was changed
  z3::expr original_destination, original_port;
  z3::expr is_untracked;  // by a rule of raw, before conntrack
  int protocol = 6;
  int tcp_flags = 0;
  int icmp_type = 0, icmp_code = 0;
  std::string in{}, out{};
  Tracked tracked = Tracked::kNothing;
};

// Numbers and comparisons of the widths that packets have.
class Numbers {
 public:
  Numbers(z3::context& context, bool is_ipv6) : context_(context), is_ipv6_(is_ipv6) {}

  z3::context& context() const { return context_; }
  bool is_ipv6() const { return is_ipv6_; }
  z3::expr is(bool value) const { return context_.bool_val(value); }
  z3::expr number(std::uint64_t value, unsigned width) const { return context_.bv_val(value, width); }
  z3::expr of(const Address& address) const;
  z3::expr is_in(const z3::expr& ip, const Network& network) const;
  z3::expr is_between(const z3::expr& ip, const Address& first, const Address& last) const;

 private:
  z3::context& context_;
  bool is_ipv6_;
};

// With what is known already left out, so that most of a ruleset's rules cost nothing where they can't match.
z3::expr both(const z3::expr& a, const z3::expr& b);
z3::expr either(const z3::expr& a, const z3::expr& b);
z3::expr opposite(const z3::expr& a);
inline z3::expr without(const z3::expr& a, const z3::expr& b) { return both(a, opposite(b)); }
z3::expr if_then_else(const z3::expr& condition, const z3::expr& then, const z3::expr& otherwise);
// Comparisons of numbers of the same width. What is between others is asked as "from here on" alone: the
// fewer kinds of questions there are, the sooner Z3 sees which of them are the same.
z3::expr is_same(const z3::expr& a, const z3::expr& b);
z3::expr is_between(const z3::expr& value, const z3::expr& first, const z3::expr& last);
z3::expr is_between(const z3::expr& value, std::uint64_t first, std::uint64_t last);

}  // namespace z3check
