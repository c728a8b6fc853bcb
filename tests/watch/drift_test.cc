// What drifts is mended, whatever it is, and nothing else is touched.

#include "watch/rounds.h"
#include "watch/watching.h"

namespace pyfw::netns {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kWishes = R"(
pyfw_wishes:
  ipsets:
    allowed: { type: 'hash:ip', members_equal: [192.168.122.193, 192.168.122.194] }
    more: { type: 'hash:ip', members_include: [10.0.0.1] }
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - keep_ssh: -p tcp --dport 22 -j ACCEPT
      FORWARD:
        rules:
        - first: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        - second: -p tcp --dport 23 -j DROP
        - by_set: -m set ! --match-set allowed src -p tcp --dport 24 -j REJECT
      OWN:
        rules:
        - in_own: -s 10.9.9.9 -j DROP
    mangle:
      PREROUTING:
        rules:
        - to_own_mark: -p tcp --dport 25 -j MARK --set-mark 7
  ip6tables:
    filter:
      INPUT:
        rules:
        - six: -p tcp --dport 26 -j DROP
)";

class Drift : public WatchTest {
 protected:
  void SetUp() override {
    WatchTest::SetUp();
    if (IsSkipped()) return;
    sh("iptables -N DOCKER; iptables -A FORWARD -j DOCKER; iptables -A INPUT -s 10.1.1.1 -j LOG");
    wish(kWishes);
    apply_for_good();
    fulfilled_ = save() + save("ip6tables");
    start_watch();
  }

  void expect_as_before() const {
    expect_held();
    EXPECT_EQ(save() + save("ip6tables"), fulfilled_) << log();
  }

  std::string fulfilled_;
};

TEST_P(Drift, ARuleThatIsPushedDownComesUpAgain) {
  sh("iptables -D FORWARD -j DOCKER; iptables -I FORWARD -j DOCKER");
  expect_as_before();
}

TEST_P(Drift, WhatIsDeletedComesBack) {
  sh("iptables -D FORWARD 2");
  expect_as_before();
  sh("iptables -D FORWARD 3");  // by_set, of which iptables has to know the set
  expect_as_before();
  sh("ip6tables -F");
  expect_as_before();
  sh("iptables -t mangle -F");
  expect_as_before();
  // In one commit: between two it would be put back.
  sh("printf '*filter\\n-F OWN\\n-X OWN\\nCOMMIT\\n' | iptables-restore --noflush");
  expect_as_before();
  sh("iptables -P INPUT ACCEPT");
  expect_as_before();
}

TEST_P(Drift, FlushedChainsGetWhatWasWishedAndForeignRulesStayGone) {
  sh("iptables -F INPUT; iptables -F FORWARD");
  expect_held();
  EXPECT_THAT(rules("INPUT"),
              ElementsAre("-p tcp -m tcp --dport 22 -m comment --comment keep_ssh -j ACCEPT"));
  EXPECT_THAT(save(), Not(HasSubstr("10.1.1.1")));
}

TEST_P(Drift, SetsAreMendedToo) {
  sh("ipset del allowed 192.168.122.193; ipset add allowed 9.9.9.9; ipset add allowed 9.9.9.8");
  wait_until([&] { return sh("ipset save allowed").find("9.9.9.9") == std::string::npos; });
  EXPECT_THAT(sh("ipset save allowed"), HasSubstr("192.168.122.193"));
  sh("ipset flush more; ipset add more 10.0.0.2");
  wait_until([&] { return sh("ipset save more").find("10.0.0.1\n") != std::string::npos; });
  EXPECT_THAT(sh("ipset save more"), HasSubstr("10.0.0.2"));
  expect_as_before();
}

TEST_P(Drift, WhatOthersDoBesideTheWishesIsNoneOfItsBusiness) {
  sh("iptables -A FORWARD -s 10.2.2.2 -j DROP; iptables -A INPUT -j LOG; iptables -t nat -A POSTROUTING -s "
     "10.3.0.0/16 -j MASQUERADE; iptables -N THEIRS; iptables -A THEIRS -j RETURN; ipset create theirs "
     "hash:ip");
  auto theirs = save();
  sh("sleep 1.5");
  EXPECT_EQ(save(), theirs);
  EXPECT_EQ(history(), History()) << log();
  EXPECT_THAT(log(), Not(HasSubstr("put back")));
}

TEST_P(Drift, IsRememberedWithWhoCausedItAndHowLongItLasted) {
  sh("iptables -D FORWARD 2");
  expect_as_before();
  wait_until([&] { return history().repairs > 0; });
  ASSERT_EQ(history().newest.size(), 1U) << log();
  auto repair = history().newest[0];
  EXPECT_EQ(repair.what, "iptables filter: second put back in FORWARD");
  EXPECT_THAT(log(), HasSubstr("second put back in FORWARD"));
  if (!is_legacy()) EXPECT_THAT(repair.who, ElementsAre(HasSubstr("iptables (pid ")));
  // It survives the daemon.
  stop_watch();
  start_watch();
  sh("iptables -D FORWARD 2");
  wait_until([&] { return history().repairs == 2; });
  EXPECT_EQ(history().newest[0], repair);
}

TEST_P(Drift, ARestoreOfTenThousandForeignRulesIsNoReasonToMissOne) {
  sh("for i in $(seq 10000); do echo \"-A DOCKER -s 10.$((i / 250)).$((i % 250)).0/24 -j RETURN\"; done "
     ">/run/many; "
     "{ echo '*filter'; cat /run/many; echo '-D FORWARD 2'; echo COMMIT; } | iptables-restore --noflush");
  expect_held();
  EXPECT_EQ(rules("DOCKER").size(), 10'000U);
  sh("{ echo '*filter'; sed 's/^-A/-D/' /run/many; echo '-D FORWARD 1'; echo COMMIT; } | iptables-restore "
     "--noflush");
  expect_as_before();
}

TEST_P(Drift, TheRulesStayWhenItEndsAndAreHeldAgainWhenItComesBack) {
  stop_watch(SIGTERM);
  EXPECT_EQ(save() + save("ip6tables"), fulfilled_);
  EXPECT_EQ(note().pid, 0);
  sh("iptables -F FORWARD");
  start_watch();
  expect_held();
}

TEST_P(Drift, AChainOfOthersThatHasGoneLeavesNoOtherTableOpen) {
  sh("iptables -t mangle -N THEIRS");
  std::string wishes = kWishes;
  auto at = wishes.find("        - to_own_mark");
  wishes.insert(at, "        - to_theirs: -p tcp --dport 27 -j THEIRS\n");
  wish(wishes);
  apply_for_good();
  wait_until([&] { return note().edit.empty(); });
  // In one commit each: the chain can't come back, and the rules can't before it.
  sh("printf '*mangle\nCOMMIT\n' | iptables-restore; iptables -F FORWARD; ip6tables -F INPUT");
  wait_for_log("no chain or target is called 'THEIRS'");
  wait_until([&] { return save().find("second") != std::string::npos; });
  wait_until([&] { return save("ip6tables").find("six") != std::string::npos; });
  wait_for_log("as far as it can be held: iptables filter: ");
  EXPECT_THAT(log(), HasSubstr("second put back in FORWARD"));
  sh("iptables -F FORWARD");
  wait_until([&] { return save().find("second") != std::string::npos; });
  sh("iptables -t mangle -N THEIRS");
  expect_held();
}

TEST_P(Drift, ASetThatIsEmptiedAgainRightAfterItWasMendedIsMendedAgain) {
  for (int i = 0; i < 3; ++i) {
    sh("ipset flush allowed");
    wait_until([&] { return sh("ipset save allowed").find("192.168.122.193") != std::string::npos; });
  }
  // A repair that sees the set emptied again before it ends does both.
  wait_until([&] { return history().repairs > 0; });
  for (const auto& repair : history().newest) EXPECT_EQ(repair.what, "sets: allowed");
  expect_as_before();
}

TEST_P(Drift, WhatHadDriftedBeforeItStartedLastedFromThenOn) {
  stop_watch(SIGTERM);
  sh("iptables -D FORWARD 2");
  start_watch();
  expect_as_before();
  wait_until([&] { return history().repairs > 0; });
  EXPECT_LT(history().newest[0].lasted_ms, 60'000) << log();
}

// Who wrote without harm is no rival, and a script is one, however often it runs iptables.
TEST_P(Drift, OnlyThoseAreNamedWhoWroteSinceTheWishesHeld) {
  if (is_legacy()) GTEST_SKIP() << "nobody tells who writes";
  sh("nft add table ip theirs");
  sh("sleep 0.5");
  sh("iptables -D FORWARD 2");
  expect_as_before();
  wait_until([&] { return history().repairs > 0; });
  EXPECT_THAT(history().newest[0].who, ElementsAre(HasSubstr("iptables (pid "))) << log();
}

TEST_P(Drift, KilledAtAnyMomentNothingIsHalfDone) {
  for (int i = 0; i < rounds(10, 200); ++i) {
    sh("iptables -D FORWARD 2; iptables -D FORWARD -j DOCKER; iptables -I FORWARD -j DOCKER; ip6tables -F");
    sh(fmt::format("sleep 0.00{}", i % 10));
    kill_watch();
    start_watch();
    expect_as_before();
  }
}

PYFW_ON_BOTH_BACKENDS(Drift);

}  // namespace
}  // namespace pyfw::netns
