// std::ranges::contains, which g++ 12 lacks.

#pragma once

#include <algorithm>
#include <ranges>

namespace pyfw {

template <std::ranges::input_range Range, typename Value>
constexpr bool contains(Range&& range, const Value& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

}  // namespace pyfw
