#include "show/totals.h"

#include <gtest/gtest.h>

#include "show/story_for_tests.h"

namespace pyfw {
namespace {

using Kind = RuleLine::Kind;

ChainDescription chain_with(const std::vector<Kind>& kinds) {
  ChainDescription chain;
  for (auto kind : kinds) chain.lines.push_back({.kind = kind});
  return chain;
}

TEST(Totals, SayNothingWhereThereIsNothing) { EXPECT_EQ(totals_of({}), "nothing"); }

TEST(Totals, LeaveOutWhatIsNone) {
  EXPECT_EQ(totals_of({.chains = {chain_with({Kind::kInserted, Kind::kKept})}, .sets = {}}), "1 rule new");
  EXPECT_EQ(totals_of({.chains = {chain_with({Kind::kRemoved, Kind::kRemoved})}, .sets = {}}),
            "2 rules gone");
  EXPECT_EQ(totals_of({.chains = {{.id = {}, .is_new = true}}, .sets = {}}), "1 chain new");
  EXPECT_EQ(totals_of({.chains = {}, .sets = {{.name = "a", .removed = {"x"}}}}),
            "1 set new, 1 gone; 1 member out (1 set)");
}

TEST(Totals, CountEachKindOfChange) {
  auto story = a_story();
  EXPECT_EQ(
      totals_of(describe(story.live, story.desired)),
      "3 rules new, 1 changed, 1 moved, 2 gone; 2 policies; 1 chain new, 1 gone; 1 set new, 1 replaced, 1 "
      "reordered, 1 gone; 14 members in, 2 out (3 sets)");
}

TEST(Totals, LargeNumbersAreReadable) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
}

}  // namespace
}  // namespace pyfw
