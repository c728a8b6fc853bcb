#include "keep/pending.h"

#include <gtest/gtest.h>

#include "keep/store_for_tests.h"

namespace pyfw {
namespace {

Pending example() {
  State state;
  ensure_chain(state.iptables, "filter", "INPUT").rules = {Rule{"-j DROP"}, Rule{"\xff"}};
  Desired desired{.state = state, .foreign = {}};
  Pending pending{.id = "7", .boot = "b0-07"};
  pending.backend = Backend::kLegacy;
  pending.armed_at = 123456789012;
  pending.deadline = -1;
  pending.deadline_text = "13:20:05";
  pending.is_applied = true;
  pending.changes = {change_of(State(), desired, {}), Change()};
  pending.record = Record{.wishes = "/etc/w\xe9"};
  pending.holder = 4711;
  pending.holder_started = ~std::uint64_t{0};
  return pending;
}

TEST(Pending, IsKeptUntilItIsDropped) {
  MemoryStore store;
  EXPECT_EQ(*read_pending(store), std::nullopt);
  ASSERT_TRUE(keep_pending(store, example()));
  EXPECT_EQ(*read_pending(store), example());
  auto without = example();
  without.record.reset();
  ASSERT_TRUE(keep_pending(store, without));
  EXPECT_EQ(*read_pending(store), without);
  ASSERT_TRUE(drop_pending(store));
  EXPECT_EQ(*read_pending(store), std::nullopt);
}

TEST(Pending, DamagedIsAnErrorNotNothing) {
  MemoryStore store;
  ASSERT_TRUE(keep_pending(store, example()));
  auto& text = store.texts.at("pending");
  text.resize(text.size() / 2);
  EXPECT_FALSE(read_pending(store));
  text.clear();
  EXPECT_FALSE(read_pending(store));
}

}  // namespace
}  // namespace pyfw
