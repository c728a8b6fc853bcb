#include "kernel/known_rules.h"

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

TEST(KnownRules, WhatRulesHaveCountedIsToldWithTheirTexts) {
  KnownRules known;
  known.learn(kFilter, kShown, chains({5, 6}, {7}), chains({5, 6}, {7}));
  auto now = chains({6, 8}, {7});
  now.chains[0].counters = {{.packets = 70, .bytes = 700}, {.packets = 1, .bytes = 40}};
  now.chains[1].counters = {{.packets = 0, .bytes = 0}};
  EXPECT_EQ(known.counters_of(kFilter, now), "[70:700] -A INPUT -j b\n[0:0] -A c -j LOG\n")
      << "of a rule that is not known nobody knows the text";
  EXPECT_EQ(known.counters_of(kFilter, chains({5, 6}, {7}, 2)), "") << "another table of that name";
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

TEST(KnownRules, WhatIsNotKnownYetCanBeLearnedRuleByRule) {
  KnownRules known;
  known.learn(kFilter, kShown, chains({5, 6}, {7}), chains({5, 6}, {7}));
  EXPECT_THAT(known.unknown_of(kFilter, chains({5, 6}, {7})), testing::IsEmpty());
  EXPECT_THAT(known.unknown_of(kFilter, chains({5, 8, 6}, {7})),
              testing::ElementsAre(RuleHandle{.chain = "INPUT", .handle = 8}));
  known.learn(kFilter, 1, {.handle = 8}, Rule{"-j c"});
  auto table = known.table_of(kFilter, chains({5, 8, 6}, {7}));
  ASSERT_TRUE(table);
  EXPECT_THAT(table->chains[0].rules, testing::ElementsAre(Rule{"-j a"}, Rule{"-j c"}, Rule{"-j b"}));
  // Handles of another table say nothing of this one.
  EXPECT_THAT(known.unknown_of(kFilter, chains({5}, {}, 2)), testing::SizeIs(1));
}

TEST(KnownRules, ARuleThatWasReplacedInItsPlaceIsAnotherOne) {
  KnownRules known;
  auto before = chains({5, 6}, {7});
  before.chains[0].prints = {50, 60};
  known.learn(kFilter, kShown, before, before);
  EXPECT_TRUE(known.table_of(kFilter, before));
  auto after = before;
  after.chains[0].prints = {51, 60};
  EXPECT_FALSE(known.table_of(kFilter, after));
  EXPECT_THAT(known.unknown_of(kFilter, after),
              testing::ElementsAre(RuleHandle{.chain = "INPUT", .handle = 5}));
}

}  // namespace
}  // namespace pyfw
