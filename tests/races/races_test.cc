// pyfw against others who write the same chains at the same time: none of theirs is lost, all of ours is in
// its place, or pyfw says who keeps it from that.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "race.h"

namespace pyfw::races {
namespace {

class Races : public testing::TestWithParam<std::tuple<lab::Backend, unsigned>> {};

// In halves, so that several can run at once.
constexpr int kApplies = 50;

TEST_P(Races, NothingForeignIsLostAndAllOfOursIsInItsPlace) {
  auto [backend, seed] = GetParam();
  auto race = Race::begin(backend, Pace::kInBursts, seed);
  if (!race) GTEST_SKIP() << race.error().message;
  for (int i = 0; i < kApplies; ++i) {
    auto done = race->apply_once();
    ASSERT_TRUE(done) << done.error().message;
  }
  const auto& figures = race->figures();
  SCOPED_TRACE(in_words(figures));
  fmt::print("{}\n", in_words(figures));
  EXPECT_EQ(figures.lost, 0);
  EXPECT_EQ(figures.misplaced, 0);
  EXPECT_GT(figures.foreign_edits, kApplies);
  EXPECT_LE(figures.given_up, kApplies / 10);
}

INSTANTIATE_TEST_SUITE_P(On, Races,
                         testing::Combine(testing::Values(lab::Backend::kNft, lab::Backend::kLegacy),
                                          testing::Values(1U, 2U)),
                         [](const auto& tested) {
                           return fmt::format(
                               "{}{}", std::get<0>(tested.param) == lab::Backend::kNft ? "nft" : "legacy",
                               std::get<1>(tested.param));
                         });

}  // namespace
}  // namespace pyfw::races
