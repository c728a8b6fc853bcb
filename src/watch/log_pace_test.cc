#include "watch/log_pace.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(LogPace, FewLinesAreAllWritten) {
  LogPace pace;
  for (int i = 0; i < LogPace::kAtOnce; ++i) EXPECT_EQ(pace.pace(1'000'000, "line"), "line");
}

TEST(LogPace, ManyAreFewerThan30AMinuteInAnyMinute) {
  LogPace pace;
  std::vector<std::int64_t> written;
  for (std::int64_t now = 5'000'000; now < 5'000'000 + 300'000; now += 10)
    if (pace.pace(now, "line")) written.push_back(now);
  for (auto first = written.begin(); first != written.end(); ++first) {
    auto in_the_minute =
        std::ranges::count_if(written, [&](auto at) { return at >= *first && at < *first + 60'000; });
    EXPECT_LT(in_the_minute, 30);
  }
}

TEST(LogPace, TellsHowManyWereLeftOut) {
  LogPace pace;
  for (int i = 0; i < LogPace::kAtOnce + 7; ++i) pace.pace(1'000'000, "line");
  EXPECT_EQ(pace.pace(1'000'000 + LogPace::kOneEach, "next"), "next (7 lines before this one were left out)");
}

}  // namespace
}  // namespace pyfw
