#include "events/set_poll.h"

#include <thread>

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

class SetPollTest : public InOwnNamespace {
 protected:
  // Sooner or later: it asks only now and then.
  static bool changes_in_time(SetPoll& poll) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < end) {
      if (poll.has_changed()) return true;
      std::this_thread::sleep_for(SetPoll::kEach / 10);
    }
    return false;
  }
};

TEST_F(SetPollTest, OfALargeSetSeesAMemberThatIsSwappedForAnotherInTheSameMemory) {
  // A bitmap takes the same memory whatever is in it.
  sh("(echo create large bitmap:ip range 10.0.0.0/16; for i in $(seq 0 4999); do "
     "echo add large 10.0.$((i / 250)).$((i % 250)); done) | ipset restore");
  SetPoll poll;
  poll.listen_to({"large"});
  sh("ipset del large 10.0.1.1; ipset add large 10.0.99.1");
  EXPECT_TRUE(changes_in_time(poll));
}

TEST_F(SetPollTest, WhatItHasSeenIsNoNews) {
  sh("ipset create small hash:ip; ipset add small 10.0.0.1");
  SetPoll poll;
  poll.listen_to({"small"});
  poll.forget();
  EXPECT_TRUE(changes_in_time(poll));
  std::this_thread::sleep_for(SetPoll::kEach * 3);
  EXPECT_FALSE(poll.has_changed());
}

TEST_F(SetPollTest, OfNoSetsThereIsNothingToAsk) {
  SetPoll poll;
  EXPECT_TRUE(poll.is_idle());
  EXPECT_FALSE(poll.has_changed());
}

}  // namespace
}  // namespace pyfw
