// A text as a regular expression that finds just that. RE2's own quotes blanks too, which nobody likes to
// read.

#pragma once

#include <string>
#include <string_view>

namespace pyfw {

inline std::string literal(std::string_view text) {
  constexpr std::string_view kSpecial = R"(\.+*?()|[]{}^$)";
  std::string out;
  for (char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace pyfw
