#include "keep/history.h"

#include <gtest/gtest.h>

#include "keep/store_for_tests.h"

namespace pyfw {
namespace {

Repair example(int number) {
  return {.time = "2026-11-20 13:19:59 UTC",
          .lasted_ms = number,
          .what = "filter FORWARD: allow_\xff moved",
          .who = {"iptables (pid 4711)"},
          .failure = number % 2 == 0 ? "" : "others write again and again"};
}

TEST(History, IsReadAsItWasWritten) {
  MemoryStore store;
  EXPECT_EQ(*read_history(store), History());
  History history;
  for (int i = 0; i < 5; ++i) add(history, example(i));
  ASSERT_TRUE(store.write(kHistoryName, write_history(history)));
  EXPECT_EQ(*read_history(store), history);
  EXPECT_EQ(history.repairs, 3U);
  EXPECT_EQ(history.failures, 2U);
}

TEST(History, KeepsTheNewestAndCountsAll) {
  History history;
  for (int i = 0; i < 1'000; ++i) add(history, example(2 * i));
  EXPECT_EQ(history.repairs, 1'000U);
  ASSERT_EQ(history.newest.size(), kRepairsKept);
  EXPECT_EQ(history.newest.back().lasted_ms, 1'998);
  EXPECT_EQ(history.newest.front().lasted_ms, 2 * (1'000 - static_cast<int>(kRepairsKept)));
}

TEST(History, DamagedIsAnErrorNotNothing) {
  MemoryStore store;
  History history;
  add(history, example(0));
  auto text = write_history(history);
  for (auto cut : {text.substr(0, text.size() / 2), text.substr(0, 3), std::string()}) {
    ASSERT_TRUE(store.write(kHistoryName, cut));
    EXPECT_FALSE(read_history(store));
  }
}

}  // namespace
}  // namespace pyfw
