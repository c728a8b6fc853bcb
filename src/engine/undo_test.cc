#include "engine/undo.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

// One process is alive: the number 7 that started at 70.
class ClockForTests : public Clock {
 public:
  [[nodiscard]] std::int64_t now() const override { return 1'000; }
  [[nodiscard]] std::string boot() const override { return "this one"; }
  [[nodiscard]] std::string time_of_day(std::int64_t /*at*/) const override { return {}; }
  [[nodiscard]] bool is_alive(std::int64_t pid, std::uint64_t started) const override {
    return pid == 7 && started == 70;
  }
};

const Pending kHeld{.id = "1", .boot = "this one", .deadline = 1'001, .holder = 7, .holder_started = 70};

Waiting waiting(void (*change)(Pending&)) {
  auto pending = kHeld;
  change(pending);
  return waiting_of(pending, ClockForTests());
}

TEST(WaitingOf, AChangeIsInTimeUntilItsDeadline) {
  EXPECT_EQ(waiting_of(std::nullopt, ClockForTests()), Waiting::kNone);
  EXPECT_EQ(waiting([](Pending&) {}), Waiting::kInTime);
  EXPECT_EQ(waiting([](Pending& pending) { pending.deadline = 1'000; }), Waiting::kOverdue);
}

// Then nobody undoes it at its deadline.
TEST(WaitingOf, AChangeOfAnotherBootOrWhoseProcessHasDiedIsOverdue) {
  EXPECT_EQ(waiting([](Pending& pending) { pending.boot = "the one before"; }), Waiting::kOverdue);
  EXPECT_EQ(waiting([](Pending& pending) { pending.holder = 8; }), Waiting::kOverdue);
  EXPECT_EQ(waiting([](Pending& pending) { pending.holder_started = 71; }), Waiting::kOverdue);
}

}  // namespace
}  // namespace pyfw
