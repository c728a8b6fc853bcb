// The names that iptables-save prints for protocols, which are those of Debian's /etc/protocols.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pyfw {

// A name or a number below 256; "all" is none, as every unknown name.
std::optional<std::uint8_t> parse_protocol(std::string_view text);

}  // namespace pyfw
