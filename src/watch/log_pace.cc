#include "watch/log_pace.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pyfw {

std::optional<std::string> LogPace::pace(std::int64_t now, std::string line) {
  auto more = (now - filled_at_) / kOneEach;
  left_ = std::min(kAtOnce, left_ + more);
  filled_at_ += more * kOneEach;
  if (left_ == 0) {
    ++left_out_;
    return std::nullopt;
  }
  --left_;
  auto left_out = std::exchange(left_out_, 0);
  if (left_out == 0) return line;
  return fmt::format("{} ({} lines before this one were left out)", line, left_out);
}

}  // namespace pyfw
