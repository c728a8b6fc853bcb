// How long to wait before a repair, where others undo it again and again. Docker's restart, which moves its
// jumps several times within a second, is not made to wait; one who writes without end meets the daemon ever
// more seldom, but never gets rid of it.
//
//   Backoff backoff;
//   backoff.note_repair(now);            // after each
//   if (now < backoff.not_before()) …    // later

#pragma once

#include <cstdint>

namespace pyfw {

class Backoff {
 public:
  explicit Backoff(std::int64_t slowest = kSlowest) : slowest_(slowest) {}

  // Times are ms of CLOCK_BOOTTIME.
  void note_repair(std::int64_t now);
  // One that failed: tried again ever more seldom, too.
  void note_failure(std::int64_t now, std::int64_t took = 0);
  // Something has happened since: it may be the end of what made it fail, or have made it worse. Tried again
  // sooner, but so that trying takes no more than a tenth of the time.
  void note_news();
  // Of a drift that is seen, whether it is to be repaired now or later.
  void note_drift(std::int64_t now);

  [[nodiscard]] std::int64_t not_before() const { return not_before_; }
  [[nodiscard]] std::int64_t delay() const { return delay_; }
  // Repairs in a row of which none lasted.
  [[nodiscard]] int undone() const { return undone_; }
  [[nodiscard]] bool is_slowed() const { return delay_ >= kSlow; }

  static constexpr int kFreeRepairs = 30;          // in a row, before there is any delay
  static constexpr std::int64_t kLasting = 5'000;  // a repair that holds for so long was no vain one
  static constexpr std::int64_t kSlow = 1'000;
  static constexpr std::int64_t kSlowest = 15'000;
  static constexpr std::int64_t kSoonest = 100;  // that news are looked at after a failure

 private:
  void wait_longer(std::int64_t now);

  std::int64_t slowest_;
  int undone_ = 0;
  std::int64_t delay_ = 0;
  std::int64_t not_before_ = 0;
  std::int64_t with_news_ = 0;
  std::int64_t last_repair_ = 0;
  bool is_after_repair_ = false;
};

}  // namespace pyfw
