#include "show/describe_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Set hash(std::vector<std::string> members, std::string header = "family inet maxelem 65536") {
  return {.name = "s", .type = "hash:ip", .header = std::move(header), .members = std::move(members)};
}

Set list(std::vector<std::string> members) {
  return {.name = "s", .type = "list:set", .header = "size 8", .members = std::move(members)};
}

TEST(DescribeSet, TheOrderOfAHashIsNoChange) {
  auto live = hash({"10.0.0.1", "10.0.0.2"});
  auto desired = hash({"10.0.0.2", "10.0.0.1"});
  EXPECT_FALSE(describe_set(&live, &desired));
}

TEST(DescribeSet, MembersComeGoAndChange) {
  auto live = hash({"10.0.0.2", "10.0.0.9", "10.0.0.1"});
  auto desired = hash({"10.0.0.2 comment x", "10.0.0.3"});
  auto change = describe_set(&live, &desired);
  ASSERT_TRUE(change);
  EXPECT_THAT(change->added, ElementsAre("10.0.0.3"));
  EXPECT_THAT(change->removed, ElementsAre("10.0.0.1", "10.0.0.9"));
  EXPECT_THAT(change->changed, ElementsAre("10.0.0.2 comment x"));
  EXPECT_FALSE(change->is_replaced());
}

TEST(DescribeSet, AnEmptyNewSetIsAChange) {
  auto set = hash({});
  EXPECT_FALSE(describe_set(nullptr, &set)->before);
  EXPECT_FALSE(describe_set(&set, nullptr)->after);
}

TEST(DescribeSet, ASetOfOtherOptionsIsReplaced) {
  auto live = hash({"10.0.0.1"});
  auto desired = hash({"10.0.0.1"}, "family inet maxelem 9");
  auto change = describe_set(&live, &desired);
  ASSERT_TRUE(change);
  EXPECT_TRUE(change->is_replaced());
  EXPECT_THAT(change->added, IsEmpty());
}

TEST(DescribeSet, TheOrderOfAListIsShownUnlessMembersAreAppended) {
  auto live = list({"a", "b", "c"});
  auto swapped = list({"b", "a", "c"});
  EXPECT_THAT(describe_set(&live, &swapped)->order, ElementsAre("b", "a", "c"));
  auto put_in = list({"a", "x", "b", "c"});
  EXPECT_THAT(describe_set(&live, &put_in)->order, ElementsAre("a", "x", "b", "c"));
  auto appended = list({"a", "c", "x"});
  auto change = describe_set(&live, &appended);
  EXPECT_THAT(change->order, IsEmpty());
  EXPECT_THAT(change->added, ElementsAre("x"));
  EXPECT_THAT(change->removed, ElementsAre("b"));
  EXPECT_FALSE(describe_set(&live, &live));
}

}  // namespace
}  // namespace pyfw
