#include "net/mac.h"

#include <fmt/format.h>

#include <charconv>

namespace pyfw {

std::optional<Mac> parse_mac(std::string_view text) {
  constexpr std::size_t kLength = 17;
  if (text.size() != kLength) return {};
  Mac mac{};
  for (std::size_t i = 0; i < mac.size(); ++i) {
    const char* begin = text.data() + i * 3;
    auto [end, error] = std::from_chars(begin, begin + 2, mac[i], 16);
    if (error != std::errc() || end != begin + 2) return {};
    if (i + 1 < mac.size() && *end != ':') return {};
  }
  return mac;
}

std::string to_string(const Mac& mac) { return fmt::format("{:02x}", fmt::join(mac, ":")); }

}  // namespace pyfw
