#include "sys/ipset_netlink.h"

#include <fmt/format.h>

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ForceaddTest : public InOwnNamespace {};

TEST_F(ForceaddTest, IsNoSetsWhereThereAreNone) { EXPECT_THAT(expect(forceadd_sets()), IsEmpty()); }

TEST_F(ForceaddTest, IsKnownOfEachTypeThatHasIt) {
  sh("ipset create plain hash:ip; ipset create forced hash:ip forceadd; ipset create six hash:net family "
     "inet6 forceadd comment; ipset create counted hash:ip counters timeout 5; ipset create bits bitmap:port "
     "range 1-9; ipset create group list:set; ipset add group forced");
  EXPECT_THAT(expect(forceadd_sets()), ElementsAre("forced", "six"));
}

TEST_F(ForceaddTest, FollowsItsSet) {
  sh("ipset create one hash:ip forceadd; ipset create two hash:ip; ipset swap one two");
  EXPECT_THAT(expect(forceadd_sets()), ElementsAre("two"));
  sh("ipset rename two three");
  EXPECT_THAT(expect(forceadd_sets()), ElementsAre("three"));
  sh("ipset destroy three");
  EXPECT_THAT(expect(forceadd_sets()), IsEmpty());
}

TEST_F(ForceaddTest, IsFoundAmongManyAndLargeSets) {
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text += fmt::format("create a_long_name_of_a_set_{} hash:ip{}\n", i, i % 2 == 0 ? " forceadd" : "");
  for (int i = 0; i < 20'000; ++i)
    text += fmt::format("add a_long_name_of_a_set_0 10.1.{}.{}\n", i / 256, i % 256);
  sh("ipset restore", text);
  EXPECT_THAT(expect(forceadd_sets()), SizeIs(1000));
}

}  // namespace
}  // namespace pyfw
