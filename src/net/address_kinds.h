// Addresses that mean the same on every host.

#pragma once

#include "net/ip.h"

namespace pyfw {

inline bool is_any(const Ip& ip) { return ip.bytes() == std::array<std::uint8_t, 16>{}; }

// 127.0.0.0/8, ::1
inline bool is_loopback(const Ip& ip) {
  if (ip.family() == Family::kIpv4) return ip.bytes()[0] == 127;
  std::array<std::uint8_t, 16> loopback{};
  loopback[15] = 1;
  return ip.bytes() == loopback;
}

inline bool is_multicast(const Ip& ip) {
  return ip.family() == Family::kIpv4 ? (ip.bytes()[0] & 0xf0U) == 0xe0 : ip.bytes()[0] == 0xff;
}

// 255.255.255.255
inline bool is_limited_broadcast(const Ip& ip) {
  const auto& b = ip.bytes();
  return ip.family() == Family::kIpv4 && b[0] == 255 && b[1] == 255 && b[2] == 255 && b[3] == 255;
}

// fe80::/10
inline bool is_link_local(const Ip& ip) {
  return ip.family() == Family::kIpv6 && ip.bytes()[0] == 0xfe && (ip.bytes()[1] & 0xc0U) == 0x80;
}

}  // namespace pyfw
