#include "watch/backoff.h"

#include <algorithm>

namespace pyfw {
namespace {

constexpr std::int64_t kFirstDelay = 10;
constexpr std::int64_t kPartOfTime = 10;

}  // namespace

void Backoff::note_drift(std::int64_t now) {
  if (!is_after_repair_) return;
  is_after_repair_ = false;
  if (now - last_repair_ >= kLasting) {
    undone_ = 0;
    delay_ = 0;
    return;
  }
  if (++undone_ > kFreeRepairs) wait_longer(now);
}

void Backoff::note_repair(std::int64_t now) {
  last_repair_ = now;
  is_after_repair_ = true;
}

void Backoff::note_failure(std::int64_t now, std::int64_t took) {
  wait_longer(now);
  with_news_ = now + std::max(kSoonest, kPartOfTime * took);
}

void Backoff::note_news() { not_before_ = std::min(not_before_, with_news_); }

void Backoff::wait_longer(std::int64_t now) {
  delay_ = std::clamp(delay_ * 2, kFirstDelay, slowest_);
  not_before_ = now + delay_;
}

}  // namespace pyfw
