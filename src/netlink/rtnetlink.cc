#include "netlink/rtnetlink.h"

#include <sys/socket.h>

namespace pyfw {

std::optional<Family> family_of_number(unsigned number) {
  if (number == AF_INET) return Family::kIpv4;
  if (number == AF_INET6) return Family::kIpv6;
  return {};
}

std::optional<Ip> address_in(Family family, const nlattr* attribute) {
  if (attribute == nullptr || payload_of(*attribute).size() < address_bits(family) / 8) return {};
  return Ip::from_bytes(family, reinterpret_cast<const std::uint8_t*>(payload_of(*attribute).data()));
}

Ip any_address(Family family) {
  const std::array<std::uint8_t, 16> kZero{};
  return Ip::from_bytes(family, kZero.data());
}

}  // namespace pyfw
