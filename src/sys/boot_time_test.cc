#include "sys/boot_time.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(BootId, StaysWithinABoot) {
  auto id = boot_id();
  ASSERT_TRUE(id);
  EXPECT_EQ(id->size(), 36U);
  EXPECT_EQ(boot_id().value(), *id);
}

TEST(BootId, NoProcIsAnError) { EXPECT_FALSE(boot_id("/nowhere")); }

TEST(HoldUntil, ReturnsNotBeforeTheMoment) {
  auto deadline = boot_time_now() + 30;
  EXPECT_EQ(hold_until(deadline, [] { return true; }), Waited::kDeadline);
  EXPECT_GE(boot_time_now(), deadline);
}

TEST(HoldUntil, AMomentThatHasPassedIsNotWaitedFor) {
  int asked = 0;
  EXPECT_EQ(hold_until(1, [&] { return ++asked > 0; }), Waited::kDeadline);
  EXPECT_EQ(asked, 1);
}

TEST(HoldUntil, ReturnsAsSoonAsItIsFoundToBeWantedNoMore) {
  int asked = 0;
  auto next_week = boot_time_now() + 7L * 24 * 3600 * 1000;
  EXPECT_EQ(hold_until(next_week, [&] { return ++asked < 2; }), Waited::kNoLongerWanted);
  EXPECT_EQ(asked, 2);
}

TEST(HoldUntil, WhatIsWantedNoMoreAtTheMomentIsNotHeld) {
  EXPECT_EQ(hold_until(1, [] { return false; }), Waited::kNoLongerWanted);
}

}  // namespace
}  // namespace pyfw
