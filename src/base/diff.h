// The unified diff of two texts, line by line.

#pragma once

#include <string>
#include <string_view>

namespace pyfw {

struct DiffNames {
  std::string_view before;
  std::string_view after;
};

// Empty where the texts are equal. Finds what both have by the lines that occur once in each (as the
// patience diff does), so that rules that moved read as moved; a stretch without such lines is compared
// line by line if it is small, and is shown as replaced as a whole if not.
std::string unified_diff(std::string_view before, std::string_view after, const DiffNames& names,
                         std::size_t context = 5);

}  // namespace pyfw
