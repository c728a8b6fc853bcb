#include "base/longest_run.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace pyfw {
namespace {

using Numbers = std::vector<std::size_t>;

// The length of the longest common subsequence, by the textbook's table.
std::size_t common_length(const Numbers& a, const Numbers& b) {
  std::vector<Numbers> best(a.size() + 1, Numbers(b.size() + 1));
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j)
      best[i][j] = a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : std::max(best[i - 1][j], best[i][j - 1]);
  return best[a.size()][b.size()];
}

Numbers few_symbols() { return *rc::gen::container<Numbers>(rc::gen::inRange<std::size_t>(0, 5)); }

RC_GTEST_PROP(LongestIncreasing, IsIncreasingAndAsLongAsCanBe, ()) {
  auto values = few_symbols();
  auto run = longest_increasing(values);
  for (std::size_t i = 1; i < run.size(); ++i)
    RC_ASSERT(run[i - 1] < run[i] && values[run[i - 1]] < values[run[i]]);
  auto ordered = values;
  std::ranges::sort(ordered);
  auto repeated = std::ranges::unique(ordered);
  ordered.erase(repeated.begin(), repeated.end());
  RC_ASSERT(run.size() == common_length(values, ordered));
}

RC_GTEST_PROP(LongestCommon, IsCommonAndAsLongAsCanBe, ()) {
  auto a = few_symbols();
  auto b = few_symbols();
  auto common = longest_common(a, b);
  for (std::size_t i = 0; i < common.size(); ++i) {
    RC_ASSERT(a[common[i].first] == b[common[i].second]);
    if (i > 0) RC_ASSERT(common[i - 1].first < common[i].first && common[i - 1].second < common[i].second);
  }
  RC_ASSERT(common.size() == common_length(a, b));
}

TEST(LongestCommon, ManyCopiesOfOneSymbolArePairedInOrder) {
  Numbers many(3000, 7);
  Numbers fewer(2000, 7);
  auto common = longest_common(many, fewer);
  ASSERT_EQ(common.size(), 2000U);
  EXPECT_EQ(common.back(), std::pair(std::size_t{1999}, std::size_t{1999}));
}

}  // namespace
}  // namespace pyfw
