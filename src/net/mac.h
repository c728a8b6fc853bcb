// Hardware addresses as texts: "02:42:ac:11:00:02".

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/packet.h"

namespace pyfw {

// Six bytes of two hexadecimal digits each, with colons between.
std::optional<Mac> parse_mac(std::string_view text);
std::string to_string(const Mac& mac);

}  // namespace pyfw
