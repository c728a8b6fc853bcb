#include "watch/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace pyfw {
namespace {

// A rival undoes each repair after so many ms; the repairs within the time, each made as soon as it may be.
int repairs_within(Backoff& backoff, std::int64_t& now, std::int64_t ms, std::int64_t undone_after) {
  int repairs = 0;
  for (auto end = now + ms; now < end; ++repairs) {
    backoff.note_drift(now);
    now = std::max(now, backoff.not_before());
    backoff.note_repair(now);
    now += undone_after;
  }
  return repairs;
}

TEST(Backoff, ARestartOfDockerIsNotMadeToWait) {
  Backoff backoff;
  std::int64_t now = 1'000'000;
  repairs_within(backoff, now, 800, 30);
  EXPECT_EQ(backoff.delay(), 0);
}

TEST(Backoff, OneWhoNeverStopsMeetsUsEverMoreSeldomButAlways) {
  Backoff backoff;
  std::int64_t now = 1'000'000;
  EXPECT_LT(repairs_within(backoff, now, 60'000, 10), 50);
  EXPECT_EQ(backoff.delay(), Backoff::kSlowest);
  auto later = repairs_within(backoff, now, 600'000, 10);
  EXPECT_GE(later, 600'000 / (Backoff::kSlowest + 11));
  EXPECT_LE(later, 600'000 / Backoff::kSlowest + 1);
}

TEST(Backoff, ARepairThatLastedMakesItForgetTheRest) {
  Backoff backoff;
  std::int64_t now = 1'000'000;
  repairs_within(backoff, now, 60'000, 10);
  backoff.note_repair(now);
  now += Backoff::kLasting;
  backoff.note_drift(now);
  EXPECT_EQ(backoff.delay(), 0);
  EXPECT_EQ(backoff.undone(), 0);
  EXPECT_LE(backoff.not_before(), now);
}

TEST(Backoff, OneDriftThatIsSeenTwiceCountsOnce) {
  Backoff backoff;
  backoff.note_repair(1'000);
  for (int i = 0; i < 100; ++i) backoff.note_drift(1'010 + i);
  EXPECT_EQ(backoff.undone(), 1);
}

TEST(Backoff, WhatFailsIsTriedAgainEverMoreSeldom) {
  Backoff backoff;
  std::int64_t now = 0;
  std::int64_t last = 0;
  for (int i = 0; i < 30; ++i) {
    backoff.note_failure(now);
    EXPECT_GE(backoff.delay(), last);
    last = backoff.delay();
    now = backoff.not_before();
  }
  EXPECT_EQ(last, Backoff::kSlowest);
}

TEST(Backoff, NewsAreLookedAtSoonButTakeNoMoreThanATenthOfTheTime) {
  constexpr std::int64_t kTakes = 200;
  Backoff backoff;
  while (!backoff.is_slowed()) backoff.note_failure(0, kTakes);
  std::int64_t now = 0;
  int tries = 0;
  for (; now < 60'000; ++tries) {
    now = std::max(now, backoff.not_before()) + kTakes;
    backoff.note_failure(now, kTakes);
    backoff.note_news();
  }
  EXPECT_GE(tries, 25);
  EXPECT_LE(tries * kTakes, 60'000 / 10);
  // Without any it is tried as seldom as before.
  backoff.note_failure(now, kTakes);
  EXPECT_EQ(backoff.not_before(), now + Backoff::kSlowest);
}

}  // namespace
}  // namespace pyfw
