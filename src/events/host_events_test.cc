#include "events/host_events.h"

#include <fmt/format.h>
#include <signal.h>

#include <fstream>

#include "sys/boot_clock.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

class HostEventsTest : public InOwnNamespace {
 protected:
  static std::unique_ptr<LinuxHostEvents> listen(Backend backend) {
    return expect(LinuxHostEvents::open({.backend = backend}));
  }
  // What comes within a minute.
  static Waking wait(LinuxHostEvents& events) {
    BootClock clock;
    return expect(events.wait(clock.now() + 60'000));
  }
  static Waking wait_for_nothing(LinuxHostEvents& events) {
    BootClock clock;
    return expect(events.wait(clock.now() + 100));
  }
};

TEST_F(HostEventsTest, RulesOfEachBackendWake) {
  auto nft = listen(Backend::kNft);
  sh("iptables-nft -A INPUT -j DROP");
  EXPECT_TRUE(wait(*nft).rules);
  EXPECT_FALSE(wait_for_nothing(*nft).rules);
  sh("iptables-legacy -A INPUT -j DROP");
  auto legacy = listen(Backend::kLegacy);
  EXPECT_FALSE(wait_for_nothing(*legacy).rules);
  sh("iptables-legacy -F INPUT");
  EXPECT_TRUE(wait(*legacy).rules);
  // What was polled is there again before the next question.
  sh("iptables-legacy -A INPUT -j DROP; iptables-legacy -F INPUT");
  legacy->forget_polled_rules();
  EXPECT_TRUE(wait(*legacy).rules);
}

TEST_F(HostEventsTest, WhereMoreWasWrittenThanFitsNobodyKnowsWhatSoAllIsToBeLookedAt) {
  auto events = listen(Backend::kNft);
  std::string rules = "*filter\n";
  for (int i = 0; i < 60'000; ++i) rules += fmt::format("-A INPUT -s 10.{}.{}.1 -j DROP\n", i / 256, i % 256);
  sh("iptables-nft-restore", rules + "COMMIT\n");
  EXPECT_TRUE(wait(*events).all);
  sh("iptables-nft -D INPUT 1");
  auto waking = wait(*events);
  EXPECT_TRUE(waking.rules);
  EXPECT_FALSE(waking.all);
}

TEST_F(HostEventsTest, SetsWakeFromWhenTheyAreListenedToAndOnlyThoseThatAreWished) {
  sh("ipset create ours hash:ip; ipset create theirs hash:ip");
  auto events = listen(Backend::kNft);
  events->listen_to({.path = "/nowhere", .sets = {"ours"}});
  sh("ipset add theirs 10.0.0.1; ipset add ours 10.0.0.1");
  EXPECT_TRUE(wait(*events).sets);
}

// Others do to a set what they did to it before we mended it.
TEST_F(HostEventsTest, WhatWasForgottenOfSetsIsNewsWhateverIsThere) {
  sh("ipset create ours hash:ip; ipset add ours 10.0.0.1");
  auto events = listen(Backend::kNft);
  events->listen_to({.path = "/nowhere", .sets = {"ours"}});
  sh("ipset flush ours");
  EXPECT_TRUE(wait(*events).sets);
  sh("ipset add ours 10.0.0.1");
  events->forget_polled_sets();
  sh("ipset flush ours");
  EXPECT_TRUE(wait(*events).sets);
}

TEST_F(HostEventsTest, RulesOfTheOtherBackendWakeFromWhenTheyAreListenedTo) {
  auto events = listen(Backend::kNft);
  ASSERT_TRUE(events->listen_to_rules(Backend::kLegacy));
  sh("iptables-nft -A INPUT -j DROP");
  EXPECT_FALSE(wait_for_nothing(*events).rules);
  sh("iptables-legacy -A INPUT -j DROP");
  EXPECT_TRUE(wait(*events).rules);
  ASSERT_TRUE(events->listen_to_rules(Backend::kNft));
  sh("iptables-nft -A INPUT -j DROP");
  EXPECT_TRUE(wait(*events).rules);
}

TEST_F(HostEventsTest, LinksWake) {
  auto events = listen(Backend::kNft);
  sh("ip link set lo up");
  EXPECT_TRUE(wait(*events).links);
}

TEST_F(HostEventsTest, SignalsComeAsEvents) {
  auto events = listen(Backend::kNft);
  kill(getpid(), SIGHUP);
  auto waking = wait(*events);
  EXPECT_TRUE(waking.all);
  EXPECT_FALSE(waking.is_over);
  kill(getpid(), SIGTERM);
  EXPECT_TRUE(wait(*events).is_over);
}

}  // namespace
}  // namespace pyfw
