#include "tests/z3/address.h"

#include <arpa/inet.h>

#include <array>
#include <stdexcept>

namespace z3check {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

// The first `length` of 64 bits.
std::uint64_t mask_of(unsigned length) {
  if (length == 0) return 0;
  return length >= 64 ? ~0ULL : ~0ULL << (64 - length);
}

}  // namespace

Address address(const std::string& text) {
  bool is_ipv6 = text.find(':') != std::string::npos;
  Bytes bytes{};
  if (inet_pton(is_ipv6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) != 1)
    throw std::invalid_argument("no address: " + text);
  Address out{.is_ipv6 = is_ipv6};
  if (!is_ipv6) {
    for (std::size_t i = 0; i < 4; ++i) out.low = out.low << 8U | bytes.at(i);
    return out;
  }
  for (std::size_t i = 0; i < 8; ++i) out.high = out.high << 8U | bytes.at(i);
  for (std::size_t i = 8; i < 16; ++i) out.low = out.low << 8U | bytes.at(i);
  return out;
}

Network network(const std::string& text) {
  auto slash = text.find('/');
  auto ip = address(text.substr(0, slash));
  auto length = slash == std::string::npos ? width_of(ip.is_ipv6)
                                           : static_cast<unsigned>(std::stoul(text.substr(slash + 1)));
  return {.address = ip, .length = length};
}

std::string text_of(const Address& address) {
  Bytes bytes{};
  std::size_t count = address.is_ipv6 ? 16 : 4;
  for (std::size_t i = 0; i < count; ++i) {
    auto from_end = count - 1 - i;
    auto word = from_end < 8 ? address.low : address.high;
    bytes.at(i) = static_cast<std::uint8_t>(word >> 8 * (from_end % 8));
  }
  std::array<char, INET6_ADDRSTRLEN> out{};
  inet_ntop(address.is_ipv6 ? AF_INET6 : AF_INET, bytes.data(), out.data(), out.size());
  return out.data();
}

Network without_host_bits(Network network) {
  auto& [ip, length] = network;
  if (!ip.is_ipv6) {
    ip.low &= mask_of(length) >> 32U;
    return network;
  }
  ip.high &= mask_of(length);
  ip.low &= length <= 64 ? 0 : mask_of(length - 64);
  return network;
}

Address last_of(const Network& network) {
  auto out = without_host_bits(network).address;
  auto all = without_host_bits({.address = {out.is_ipv6, ~0ULL, ~0ULL}, .length = network.length}).address;
  out.low |= out.is_ipv6 ? ~all.low : ~all.low & 0xffffffff;
  if (out.is_ipv6) out.high |= ~all.high;
  return out;
}

bool is_in(const Network& network, const Address& address) {
  return network.address.is_ipv6 == address.is_ipv6 &&
         without_host_bits({.address = address, .length = network.length}).address ==
             without_host_bits(network).address;
}

}  // namespace z3check
