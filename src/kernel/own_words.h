// What iptables-restore and ipset say on standard error.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pyfw {

// In one line, without the program's own name and its usage hints.
std::string own_words(std::string_view stderr_text);

// The line of its input that it names: "Error occurred at line: 7" (legacy, nft), "line 7 failed" (nft),
// "Error in line 7" (ipset).
std::optional<std::size_t> line_named_in(std::string_view stderr_text);

}  // namespace pyfw
