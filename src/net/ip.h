// Addresses and prefixes of both families, as values that can't be wrong.
//
//   auto prefix = Prefix::parse("10.0.0.0/8");       // 10.0.0.1/8 keeps its host bits until masked()

#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pyfw {

enum class Family : std::uint8_t { kIpv4, kIpv6 };
inline constexpr std::array kFamilies = {Family::kIpv4, Family::kIpv6};

constexpr std::string_view name_of(Family family) { return family == Family::kIpv4 ? "IPv4" : "IPv6"; }

constexpr unsigned address_bits(Family family) { return family == Family::kIpv4 ? 32 : 128; }

class Ip {
 public:
  // Numbers only, as inet_pton(3) reads them: no host names, no octal, no abbreviations.
  static std::optional<Ip> parse(std::string_view text);
  // `bytes` in network order, 4 or 16 of them by the family.
  static Ip from_bytes(Family family, const std::uint8_t* bytes);

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  // As inet_ntop(3) writes it, which is what iptables-save and ipset save print.
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] Ip masked(unsigned length) const;

  auto operator<=>(const Ip&) const = default;

 private:
  Family family_ = Family::kIpv4;
  std::array<std::uint8_t, 16> bytes_{};
};

struct Prefix {
  Ip ip;
  unsigned length = 0;

  // "ADDRESS" (the whole length) or "ADDRESS/LENGTH".
  static std::optional<Prefix> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] bool has_host_bits() const { return ip.masked(length) != ip; }

  auto operator<=>(const Prefix&) const = default;
};

}  // namespace pyfw
