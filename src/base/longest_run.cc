#include "base/longest_run.h"

#include <algorithm>
#include <ranges>
#include <unordered_map>

namespace pyfw {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kMostPairs = 2'000'000;

}  // namespace

std::vector<std::size_t> longest_increasing(std::span<const std::size_t> values) {
  std::vector<std::size_t> ends;  // of length k + 1: index of the smallest value that ends such a run
  std::vector<std::size_t> before(values.size(), kNone);
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto at = std::ranges::lower_bound(ends, values[i], {}, [&](std::size_t index) { return values[index]; });
    if (at != ends.begin()) before[i] = *std::prev(at);
    if (at == ends.end()) {
      ends.push_back(i);
    } else {
      *at = i;
    }
  }
  std::vector<std::size_t> run;
  for (std::size_t i = ends.empty() ? kNone : ends.back(); i != kNone; i = before[i]) run.push_back(i);
  std::ranges::reverse(run);
  return run;
}

std::vector<std::pair<std::size_t, std::size_t>> longest_common(std::span<const std::size_t> a,
                                                                std::span<const std::size_t> b) {
  std::unordered_map<std::size_t, std::vector<std::size_t>> places;  // of a symbol in a
  for (std::size_t i = 0; i < a.size(); ++i) places[a[i]].push_back(i);
  std::size_t pairs = 0;
  for (auto symbol : b)
    if (auto found = places.find(symbol); found != places.end()) pairs += found->second.size();
  bool too_many = pairs > kMostPairs;

  std::vector<std::size_t> in_a;
  std::vector<std::size_t> in_b;
  std::unordered_map<std::size_t, std::size_t> seen;
  for (std::size_t j = 0; j < b.size(); ++j) {
    auto found = places.find(b[j]);
    if (found == places.end()) continue;
    const auto& at = found->second;
    if (too_many) {
      auto k = seen[b[j]]++;
      if (k >= at.size()) continue;
      in_a.push_back(at[k]);
      in_b.push_back(j);
      continue;
    }
    // Descending, so that a strictly increasing run takes at most one of them.
    for (auto i : at | std::views::reverse) {
      in_a.push_back(i);
      in_b.push_back(j);
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> common;
  for (auto index : longest_increasing(in_a)) common.emplace_back(in_a[index], in_b[index]);
  return common;
}

}  // namespace pyfw
