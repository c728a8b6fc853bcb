#include "net/ip.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <cstring>

#include "base/strings.h"

namespace pyfw {
namespace {

int address_family(Family family) { return family == Family::kIpv4 ? AF_INET : AF_INET6; }

}  // namespace

std::optional<Ip> Ip::parse(std::string_view text) {
  // inet_pton wants a terminated string; no address is as long as this buffer.
  std::array<char, INET6_ADDRSTRLEN + 1> buffer{};
  if (text.empty() || text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) return {};
  std::memcpy(buffer.data(), text.data(), text.size());
  Ip ip;
  ip.family_ = text.find(':') == std::string_view::npos ? Family::kIpv4 : Family::kIpv6;
  if (inet_pton(address_family(ip.family_), buffer.data(), ip.bytes_.data()) != 1) return {};
  return ip;
}

Ip Ip::from_bytes(Family family, const std::uint8_t* bytes) {
  Ip ip;
  ip.family_ = family;
  std::memcpy(ip.bytes_.data(), bytes, address_bits(family) / 8);
  return ip;
}

std::string Ip::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(address_family(family_), bytes_.data(), buffer.data(), buffer.size());
  return buffer.data();
}

Ip Ip::masked(unsigned length) const {
  Ip out = *this;
  for (unsigned bit = length; bit < address_bits(family_); ++bit)
    out.bytes_[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  return out;
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  auto slash = text.find('/');
  auto ip = Ip::parse(text.substr(0, slash));
  if (!ip) return {};
  if (slash == std::string_view::npos) return Prefix{.ip = *ip, .length = address_bits(ip->family())};
  auto length = parse_number(text.substr(slash + 1));
  if (!length || *length > address_bits(ip->family())) return {};
  return Prefix{.ip = *ip, .length = static_cast<unsigned>(*length)};
}

std::string Prefix::to_string() const { return fmt::format("{}/{}", ip.to_string(), length); }

}  // namespace pyfw
