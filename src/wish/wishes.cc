#include "wish/wishes.h"

#include <algorithm>

namespace pyfw {

Place Located::part(std::size_t offset, std::size_t length) const {
  if (!is_verbatim) return place;
  auto characters = [this](std::size_t from, std::size_t count) {
    auto bytes = std::string_view(text).substr(std::min(from, text.size()), count);
    return static_cast<std::size_t>(std::ranges::count_if(
        bytes, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  };
  Place out = place;
  out.column += characters(0, offset);
  out.length = std::max<std::size_t>(1, characters(offset, length));
  return out;
}

}  // namespace pyfw
