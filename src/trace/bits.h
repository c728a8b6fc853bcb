// An address as a number, for masks.

#pragma once

#include <algorithm>
#include <cstdint>

#include "net/ip.h"

namespace pyfw {

// The first bit of the address is the highest of `high`; IPv4 has the upper half of `high` only.
struct Bits {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend constexpr Bits operator&(Bits a, Bits b) { return {a.high & b.high, a.low & b.low}; }
  friend constexpr Bits operator|(Bits a, Bits b) { return {a.high | b.high, a.low | b.low}; }
  friend constexpr Bits operator~(Bits a) { return {~a.high, ~a.low}; }
  bool operator==(const Bits&) const = default;
};

inline Bits bits_of(const Ip& ip) {
  auto half = [&](std::size_t first) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) out = out << 8U | ip.bytes()[first + i];
    return out;
  };
  return {half(0), half(8)};
}

inline Ip ip_of(Family family, Bits bits) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(bits.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(bits.low >> (56 - 8 * i));
  }
  return Ip::from_bytes(family, bytes.data());
}

constexpr Bits mask_of(unsigned length) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  auto part = [](unsigned bits) { return bits == 0 ? 0 : kAll << (64 - std::min(bits, 64U)); };
  return {part(length), length > 64 ? part(length - 64) : 0};
}

inline bool covers(const Prefix& prefix, const Ip& ip) {
  auto mask = mask_of(prefix.length);
  return prefix.ip.family() == ip.family() && (bits_of(prefix.ip) & mask) == (bits_of(ip) & mask);
}

}  // namespace pyfw
