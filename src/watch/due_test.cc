#include "watch/due.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(Due, FactsAreAskedForWhenABurstIsOver) {
  Due due;
  for (std::int64_t now = 1'000; now < 1'100; now += 10) {
    due.facts_when_quiet(now);
    EXPECT_FALSE(due.take_facts(now));
  }
  EXPECT_FALSE(due.take_facts(1'090 + Due::kQuiet - 1));
  EXPECT_TRUE(due.take_facts(1'090 + Due::kQuiet));
  EXPECT_FALSE(due.take_facts(9'000));
}

TEST(Due, OneThatNeverEndsIsNotWaitedForLong) {
  Due due;
  std::int64_t now = 1'000;
  while (!due.take_facts(now)) {
    due.facts_when_quiet(now);
    now += Due::kQuiet / 2;
  }
  EXPECT_LE(now, 1'000 + Due::kLongestBurst + Due::kQuiet);
  due.facts_when_quiet(now);
  EXPECT_EQ(due.facts_at(), now + Due::kQuiet);
}

TEST(Due, WhatIsNotToBeAskedForYetIsAskedForLater) {
  Due due;
  due.facts_not_before(2'000);
  due.facts_when_quiet(1'000);
  EXPECT_EQ(due.facts_at(), 2'000);
  EXPECT_FALSE(due.take_facts(1'999));
  EXPECT_TRUE(due.take_facts(2'000));
  EXPECT_EQ(due.facts_at(), Due::kNever);
}

}  // namespace
}  // namespace pyfw
