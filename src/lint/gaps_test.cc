#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lint/for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Of 26 pairs any may hold, and what a packet has of one tells nothing of the other: that is more than can be
// held at once, as nobody's rules are.
std::string pairs() {
  std::string marks;
  std::string accepts;
  for (int i = 0; i < 26; ++i) {
    auto one = fmt::format("-m string --algo bm --string x{}", i);
    marks += fmt::format("        - {} -j MARK --set-mark 7\n", one);
    accepts += fmt::format("        - {} -m string --algo bm --string y{} -j ACCEPT\n", one, i);
  }
  return "pyfw_wishes:\n  iptables:\n    mangle:\n      FORWARD:\n        rules:\n" + marks + accepts;
}

TEST(Gaps, WhereRulesCantBeToldApartThatIsSaid) {
  auto found = found_in(pairs());
  ASSERT_EQ(found.gaps.size(), 1U);
  EXPECT_THAT(found.gaps[0].message,
              HasSubstr("iptables mangle: not all that is wrong with its rules was found"));
  EXPECT_THAT(found.advices, IsEmpty());
}

TEST(Gaps, AreMostlyNone) { EXPECT_THAT(found_in(chain_of("INPUT", {"- -j ACCEPT"})).gaps, IsEmpty()); }

}  // namespace
}  // namespace pyfw
