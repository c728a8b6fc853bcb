// The longest part of a sequence that can stay as it is while the rest moves around it.

#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace pyfw {

// Indexes of a longest strictly increasing subsequence, ascending. O(n log n).
std::vector<std::size_t> longest_increasing(std::span<const std::size_t> values);

// Pairs (index in a, index in b) of a longest common subsequence of two sequences of symbols, ascending
// in both. O((n + r) log n), where r is the number of equal pairs (Hunt and Szymanski 1977); where symbols
// repeat so often that r explodes, the k-th in a is only compared with the k-th in b.
std::vector<std::pair<std::size_t, std::size_t>> longest_common(std::span<const std::size_t> a,
                                                                std::span<const std::size_t> b);

}  // namespace pyfw
