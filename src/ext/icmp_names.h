// The names that `ipset save` prints for types and codes of ICMP and ICMPv6.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/ip.h"

namespace pyfw {

// "echo-request" or "8/0", as type * 256 + code.
std::optional<std::uint16_t> parse_icmp_name(std::string_view text, Family family);

}  // namespace pyfw
