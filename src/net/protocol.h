// Protocols by the names that people know them by.
//
//   protocol_called("udp")      // 17
//   name_of_protocol(17)        // "udp"

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pyfw {

std::optional<std::uint8_t> protocol_called(std::string_view name);
// One without a name here is told by its number.
std::string name_of_protocol(std::uint8_t number);
std::span<const std::string_view> protocol_names();

}  // namespace pyfw
