#include "shadow/name_classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

std::vector<std::string> names_inside(const NameClasses& names, std::string_view pattern, bool is_prefix) {
  std::vector<std::string> out;
  for (auto number : names.inside(pattern, is_prefix)) out.push_back(names.name_of(number));
  return out;
}

TEST(NameClasses, APrefixHasTheNamesThatBeginSoAndOneThatNoRuleKnows) {
  NameClasses names;
  names.add("br-1", false);
  names.add("br-", true);
  names.add("br-1", false);
  names.add("br-10", true);
  EXPECT_EQ(names.count(), 5U);
  EXPECT_THAT(names_inside(names, "br-1", false), testing::ElementsAre("br-1"));
  EXPECT_THAT(names_inside(names, "br-", true), testing::ElementsAre("br-1", "br-/", "br-10/"));
  EXPECT_THAT(names_inside(names, "br-10", true), testing::ElementsAre("br-10/"));
}

TEST(NameClasses, APlusAloneIsEveryNameAndNoneAtAll) {
  NameClasses names;
  names.add("", true);
  EXPECT_THAT(names_inside(names, "", true), testing::ElementsAre("", "/"));
  EXPECT_THAT(names_inside(names, "", false), testing::ElementsAre(""));
}

}  // namespace
}  // namespace pyfw
