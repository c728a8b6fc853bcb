// A packet as its headers say, in host order; what the kernel knows of it besides stands in ext/encounter.h.
//
//   Packet packet{.source = *Ip::parse("192.0.2.1"), .destination = *Ip::parse("192.0.2.2"),
//                 .protocol = kTcp, .source_port = 50000, .destination_port = 80, .tcp_flags = kSyn};

#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "net/ip.h"

namespace pyfw {

// IANA's numbers, those with a meaning of their own here.
enum ProtocolNumber : std::uint8_t {
  kIcmp = 1,
  kTcp = 6,
  kUdp = 17,
  kDccp = 33,
  kGre = 47,
  kEsp = 50,
  kAh = 51,
  kIcmp6 = 58,
  kSctp = 132,
  kUdplite = 136,
};

enum TcpFlag : std::uint8_t { kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16, kUrg = 32 };

using Mac = std::array<std::uint8_t, 6>;

struct Packet {
  Ip source;  // both of one family
  Ip destination;
  std::uint8_t protocol = kTcp;
  std::uint16_t source_port = 0;  // of the protocols that have ports
  std::uint16_t destination_port = 0;
  std::uint8_t tcp_flags = 0;
  std::uint8_t tcp_option_kinds = 0;  // of TCP: the kinds 0 to 7 that are there, as bits
  std::uint8_t icmp_type = 0;         // of ICMP and ICMPv6
  std::uint8_t icmp_code = 0;
  std::uint16_t icmp_id = 0;  // of an echo and its like
  std::uint8_t ttl = 64;      // the hop limit of IPv6
  std::uint8_t tos = 0;       // the whole byte, DSCP and ECN; the traffic class of IPv6
  std::uint16_t length = 60;  // of the whole packet, as `-m length` counts it
  bool is_fragment = false;   // not the first one: it has no ports
  std::optional<Mac> source_mac{};

  [[nodiscard]] Family family() const { return source.family(); }
  bool operator==(const Packet&) const = default;
};

constexpr bool has_ports(std::uint8_t protocol) {
  return protocol == kTcp || protocol == kUdp || protocol == kUdplite || protocol == kSctp ||
         protocol == kDccp;
}

}  // namespace pyfw
