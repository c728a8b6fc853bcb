#include "netlink/ipset_netlink.h"

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

class DigestOfSets : public InOwnNamespace {
 protected:
  static std::uint64_t digest() { return expect(digest_of_sets({"ours", "big"})); }
};

TEST_F(DigestOfSets, IsAnotherWhenASetOrAMemberIs) {
  auto last = digest();
  for (const char* change :
       {"ipset create ours hash:ip", "ipset add ours 10.0.0.1",
        "ipset del ours 10.0.0.1; ipset add ours 10.0.0.2",
        "ipset create other hash:ip; ipset swap ours other", "ipset destroy ours",
        "ipset create big hash:net", "ipset add big 10.0.0.0/8", "ipset add big 10.1.0.0/16 nomatch",
        "ipset del big 10.1.0.0/16; ipset add big 10.1.0.0/16"}) {
    sh(change);
    EXPECT_NE(digest(), last) << change;
    last = digest();
    EXPECT_EQ(digest(), last);
  }
}

TEST_F(DigestOfSets, PassesOverOtherSetsAndWhatGoesOnByItself) {
  sh("ipset create ours hash:ip counters timeout 1000; ipset add ours 10.0.0.1 packets 1 bytes 2");
  auto last = digest();
  sh("ipset create theirs hash:ip; ipset add theirs 10.0.0.9; ipset -exist add ours 10.0.0.1 packets 7 bytes "
     "8 "
     "timeout 500");
  EXPECT_EQ(digest(), last);
}

TEST_F(DigestOfSets, OfAThousandMembersThatComeInSeveralMessagesSeesEach) {
  std::string text = "create ours hash:ip\n";
  for (int i = 0; i < 4'000; ++i) text += fmt::format("add ours 10.1.{}.{}\n", i / 256, i % 256);
  sh("ipset restore", text);
  auto last = digest();
  sh("ipset del ours 10.1.15.159; ipset add ours 10.1.15.160");
  EXPECT_NE(digest(), last);
}

// Its members are not looked at, but what they take is.
TEST_F(DigestOfSets, OfALargeSetSeesAMemberThatTakesMoreMemory) {
  std::string text = "create big hash:ip comment\n";
  for (int i = 0; i < 5'000; ++i) text += fmt::format("add big 10.0.{}.{}\n", i / 250, i % 250);
  sh("ipset restore", text);
  auto last = digest();
  EXPECT_EQ(digest(), last);
  sh("ipset del big 10.0.1.1; ipset add big 10.0.1.1 comment 'a comment that was not there before'");
  EXPECT_NE(digest(), last);
}

}  // namespace
}  // namespace pyfw
