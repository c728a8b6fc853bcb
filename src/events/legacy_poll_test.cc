#include "events/legacy_poll.h"

#include <thread>

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

class LegacyPollTest : public InOwnNamespace {
 protected:
  // Once or twice: all of the rules are looked at only now and then.
  static bool changes_in_time(LegacyPoll& poll) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < end) {
      if (poll.has_changed()) return true;
      std::this_thread::sleep_for(LegacyPoll::kEach);
    }
    return false;
  }
};

TEST_F(LegacyPollTest, SeesEachChangeOfTheRules) {
  sh("iptables-legacy -A INPUT -s 10.0.0.9 -j DROP");
  auto poll = expect(LegacyPoll::open());
  EXPECT_FALSE(poll.has_changed());
  for (const char* change :
       {"iptables-legacy -A INPUT -s 10.0.0.1 -j DROP", "iptables-legacy -A INPUT -s 10.0.0.2 -j DROP",
        "iptables-legacy -D INPUT 1", "iptables-legacy -N OWN"}) {
    sh(change);
    EXPECT_TRUE(poll.has_changed()) << change;
    EXPECT_FALSE(poll.has_changed()) << change;
  }
}

TEST_F(LegacyPollTest, SeesANewTableAfterAWhile) {
  auto poll = expect(LegacyPoll::open());
  for (const char* change : {"iptables-legacy -A INPUT -j DROP", "ip6tables-legacy -A INPUT -j DROP",
                             "iptables-legacy -t mangle -A PREROUTING -j ACCEPT"}) {
    poll.has_changed();
    sh(change);
    EXPECT_TRUE(changes_in_time(poll)) << change;
  }
}

TEST_F(LegacyPollTest, SeesWhatLeavesTheNumberOfRulesAsItWasAfterAWhile) {
  sh("iptables-legacy -A INPUT -s 10.0.0.1 -j DROP; iptables-legacy -A INPUT -s 10.0.0.2 -j DROP; "
     "iptables-legacy-save >/dev/null");
  auto poll = expect(LegacyPoll::open());
  poll.has_changed();
  sh("printf '*filter\n-D INPUT 1\n-A INPUT -s 10.0.0.1 -j DROP\nCOMMIT\n' | iptables-legacy-restore "
     "--noflush");
  EXPECT_TRUE(changes_in_time(poll));
  sh("iptables-legacy -P INPUT DROP");
  EXPECT_TRUE(changes_in_time(poll));
}

TEST_F(LegacyPollTest, PassesOverCounters) {
  sh("ip link set lo up; iptables-legacy -A OUTPUT -p udp -j ACCEPT");
  auto poll = expect(LegacyPoll::open());
  poll.has_changed();
  sh("bash -c 'echo x >/dev/udp/127.0.0.1/9'");
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  EXPECT_FALSE(poll.has_changed());
}

TEST_F(LegacyPollTest, KnowsWhatWasThereWhenItWasOpened) {
  sh("iptables-legacy -A INPUT -j DROP");
  auto poll = expect(LegacyPoll::open());
  sh("iptables-legacy -F INPUT");
  EXPECT_TRUE(poll.has_changed());
}

TEST_F(LegacyPollTest, MakesNoTable) {
  auto poll = expect(LegacyPoll::open());
  poll.has_changed();
  EXPECT_EQ(sh("cat /proc/self/net/ip_tables_names 2>/dev/null || true"), "");
}

TEST_F(LegacyPollTest, OnceForgottenItIsAnotherWhateverIsThere) {
  sh("iptables-legacy -A INPUT -j DROP");
  auto poll = expect(LegacyPoll::open());
  poll.has_changed();
  EXPECT_FALSE(poll.has_changed());
  poll.forget();
  EXPECT_TRUE(poll.has_changed());
  EXPECT_FALSE(poll.has_changed());
}

}  // namespace
}  // namespace pyfw
