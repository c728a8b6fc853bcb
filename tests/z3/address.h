// Addresses of both families as numbers, by inet_pton(3) alone.

#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace z3check {

struct Address {
  bool is_ipv6 = false;
  std::uint64_t high = 0, low = 0;  // of IPv4 the lower 32 bits of `low`

  auto operator<=>(const Address&) const = default;
};

struct Network {
  Address address{};
  unsigned length = 0;
};

constexpr unsigned width_of(bool is_ipv6) { return is_ipv6 ? 128 : 32; }

Address address(const std::string& text);
// "ADDRESS/LENGTH", or one address.
Network network(const std::string& text);
std::string text_of(const Address& address);
bool is_in(const Network& network, const Address& address);
// With nothing set behind its length, as iptables-save writes it.
Network without_host_bits(Network network);
Address last_of(const Network& network);

}  // namespace z3check
