#include "base/duration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(ParseDuration, ReadsHoursMinutesAndSeconds) {
  EXPECT_EQ(parse_duration("60s").value(), 60s);
  EXPECT_EQ(parse_duration("5m").value(), 5min);
  EXPECT_EQ(parse_duration("90").value(), 90s);
  EXPECT_EQ(parse_duration("1h30m").value(), 90min);
  EXPECT_EQ(parse_duration("1h1m1s").value(), 3661s);
  EXPECT_EQ(parse_duration("0h05m").value(), 5min);
}

TEST(ParseDuration, WhatIsNoDurationIsRefusedWithExamples) {
  for (const char* text :
       {"",   " ",     "s",    "m5",   "-5s",  "+5s",  "5 m",  "1.5m", "500ms", "5min", "5M",
        "1d", "30m1h", "1m1m", "1m30", "90s ", "0x10", "5m\n", "\xff", "1h30",  "s90"}) {
    auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kBadInput);
    EXPECT_THAT(parsed.error().message, HasSubstr("is no duration")) << text;
    EXPECT_THAT(parsed.error().hint, HasSubstr("60s")) << text;
  }
}

TEST(ParseDuration, TheBoundsAreNamedToWhomeverPassesThem) {
  EXPECT_EQ(parse_duration("1").value(), 1s);
  EXPECT_EQ(parse_duration("24h").value(), 24h);
  EXPECT_EQ(parse_duration("0s").error().message, "'0s' is too short: at least 1s");
  EXPECT_EQ(parse_duration("24h1s").error().message, "'24h1s' is too long: at most 24h");
  EXPECT_EQ(parse_duration("5m", {.shortest = 10min}).error().message, "'5m' is too short: at least 10m");
}

TEST(ParseDuration, NoNumberIsLargeEnoughToBeginAnew) {
  for (const char* text : {"18446744073709551616s", "18446744073709551617", "5124095576030431h",
                           "99999999999999999999999h99999999999999999999m99999999999999999999s"})
    EXPECT_THAT(parse_duration(text).error().message, HasSubstr("is too long")) << text;
}

TEST(DurationText, IsReadAsTheSameDuration) {
  for (auto duration : {1s, 59s, 60s, 61s, 3600s, 5400s, 86399s, 86400s})
    EXPECT_EQ(parse_duration(to_string(duration)).value(), duration) << to_string(duration);
  EXPECT_EQ(to_string(90min), "1h30m");
}

}  // namespace
}  // namespace pyfw
