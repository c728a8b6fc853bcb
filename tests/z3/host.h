// The one host of these tests: three interfaces, a network behind each, and the rest of the world by the
// first. Its facts for pyfw are made in z3_test.cc from the same tables.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "tests/z3/address.h"

namespace z3check {

struct Link {
  std::string_view interface;
  std::string_view own, network;    // IPv4
  std::string_view own6, network6;  // IPv6
};

inline constexpr std::array<Link, 3> kLinks = {{
    {.interface = "eth0",
     .own = "192.0.2.1/24",
     .network = "192.0.2.0/24",
     .own6 = "2001:db8::1/64",
     .network6 = "2001:db8::/64"},
    {.interface = "eth1",
     .own = "10.1.0.1/24",
     .network = "10.1.0.0/24",
     .own6 = "2001:db8:1::1/64",
     .network6 = "2001:db8:1::/64"},
    {.interface = "dmz0",
     .own = "172.17.0.1/16",
     .network = "172.17.0.0/16",
     .own6 = "2001:db8:2::1/64",
     .network6 = "2001:db8:2::/64"},
}};

inline Address own_of(const Link& link, bool is_ipv6) {
  return network(std::string(is_ipv6 ? link.own6 : link.own)).address;
}
inline Network network_of(const Link& link, bool is_ipv6) {
  return network(std::string(is_ipv6 ? link.network6 : link.network));
}
inline Network loopback(bool is_ipv6) { return network(is_ipv6 ? "::1/128" : "127.0.0.0/8"); }

// Where someone listens on the host, if it is known.
inline constexpr std::array<int, 2> kListening = {22, 80};

}  // namespace z3check
