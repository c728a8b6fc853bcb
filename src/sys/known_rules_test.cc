#include "sys/known_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::Eq;
using testing::Optional;

const TableId kFilter{.family = Family::kIpv4, .table = "filter"};
const Table kShown{.name = "filter",
                   .chains = {{.name = "INPUT", .policy = "DROP", .rules = {Rule{"-j a"}, Rule{"-j b"}}},
                              {.name = "c", .rules = {Rule{"-j LOG"}}}}};

TableOfHandles chains(std::vector<std::uint64_t> input, std::vector<std::uint64_t> c,
                      std::uint64_t table = 1) {
  return {.handle = table,
          .chains = {{.name = "INPUT", .policy = "DROP", .rules = std::move(input)},
                     {.name = "c", .policy = {}, .rules = std::move(c)}}};
}

TEST(KnownRules, WhatWasShownIsKnownByItsHandles) {
  KnownRules known;
  EXPECT_FALSE(known.table_of(kFilter, chains({5, 6}, {7})));
  known.learn(kFilter, kShown, chains({5, 6}, {7}), chains({5, 6}, {7}));
  EXPECT_THAT(known.table_of(kFilter, chains({5, 6}, {7})), Optional(Eq(kShown)));
  auto moved = kShown;
  moved.chains[0].rules = {Rule{"-j b"}};
  EXPECT_THAT(known.table_of(kFilter, chains({6}, {7})), Optional(Eq(moved)));
}

TEST(KnownRules, ARuleThatWasNeverShownIsNotGuessed) {
  KnownRules known;
  known.learn(kFilter, kShown, chains({5, 6}, {7}), chains({5, 6}, {7}));
  EXPECT_FALSE(known.table_of(kFilter, chains({5, 6, 8}, {7})));
  EXPECT_FALSE(known.table_of({.family = Family::kIpv6, .table = "filter"}, chains({5, 6}, {7})));
  EXPECT_FALSE(known.table_of({.family = Family::kIpv4, .table = "nat"}, chains({5, 6}, {7})));
}

TEST(KnownRules, NothingIsLearntOfAChainThatChangedMeanwhile) {
  KnownRules known;
  known.learn(kFilter, kShown, chains({5, 6}, {7}), chains({5, 8}, {7}));
  EXPECT_FALSE(known.table_of(kFilter, chains({5}, {7})));
  EXPECT_TRUE(known.table_of(kFilter, chains({}, {7})));
  known.learn(kFilter, kShown, chains({5}, {7}), chains({5}, {7}));
  EXPECT_FALSE(known.table_of(kFilter, chains({5}, {7})));
}

// It gives the same handles again, to other rules.
TEST(KnownRules, NothingIsKnownOfATableThatWasMadeAnew) {
  KnownRules known;
  known.learn(kFilter, kShown, chains({5, 6}, {7}), chains({5, 6}, {7}));
  EXPECT_FALSE(known.table_of(kFilter, chains({5, 6}, {7}, 2)));
  known.learn(kFilter, kShown, chains({5, 6}, {7}, 1), chains({5, 6}, {7}, 2));
  EXPECT_FALSE(known.table_of(kFilter, chains({5, 6}, {7}, 2)));
  auto other = kShown;
  other.chains[0].rules = {Rule{"-j c"}};
  known.learn(kFilter, other, chains({5}, {}, 2), chains({5}, {}, 2));
  EXPECT_EQ(known.table_of(kFilter, chains({5}, {}, 2))->chains[0].rules, other.chains[0].rules);
  EXPECT_FALSE(known.table_of(kFilter, chains({5, 6}, {}, 2)));
}

}  // namespace
}  // namespace pyfw
