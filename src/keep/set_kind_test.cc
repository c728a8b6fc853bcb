#include "keep/set_kind.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

Set with_header(std::string header) { return {.name = "s", .type = "hash:ip", .header = std::move(header)}; }

TEST(IsSameKind, LooksAtTypeAndLastingOptions) {
  auto set = with_header("family inet hashsize 1024 maxelem 65536");
  EXPECT_TRUE(is_same_kind(set, with_header("family inet hashsize 4096 maxelem 65536")));
  EXPECT_FALSE(is_same_kind(set, with_header("family inet hashsize 1024 maxelem 100")));
  EXPECT_FALSE(is_same_kind(set, with_header("family inet hashsize 1024 maxelem 65536 timeout 5")));
  auto other = set;
  other.type = "hash:net";
  EXPECT_FALSE(is_same_kind(set, other));
}

TEST(IsOfKind, TakesDefaultsThatNobodyWrote) {
  auto live = with_header("family inet hashsize 1024 maxelem 65536");
  EXPECT_TRUE(is_of_kind(live, with_header("")));
  EXPECT_TRUE(is_of_kind(live, with_header("family inet")));
  EXPECT_FALSE(is_of_kind(live, with_header("family inet6")));
}

}  // namespace
}  // namespace pyfw
