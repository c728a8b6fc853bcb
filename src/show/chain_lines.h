// The diff of one chain, in which the rules that are said to move are those that the plan moves.

#pragma once

#include <span>
#include <vector>

#include "show/description.h"

namespace pyfw {

// How many unchanged rules are shown on each side of a change.
inline constexpr std::size_t kContext = 2;

// `foreign` as in Desired. Empty where nothing changes. O(n log n).
std::vector<RuleLine> lines_of_chain(std::span<const Rule> live, std::span<const Rule> desired,
                                     const std::vector<bool>& foreign);

}  // namespace pyfw
