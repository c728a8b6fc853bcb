#include "plan/midway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;

Table filter(std::vector<Rule> input, const std::string& policy = "ACCEPT") {
  return {.name = "filter", .chains = {{.name = "INPUT", .policy = policy, .rules = std::move(input)}}};
}

ChainId input_id() { return {.family = Family::kIpv4, .table = "filter", .chain = "INPUT"}; }

Desired desired_of(const Table& table, std::vector<bool> foreign) {
  Desired all;
  all.state.iptables.tables = {table};
  all.foreign.emplace(input_id(), std::move(foreign));
  return all;
}

TableEffect effect(const Table& live, const Table& desired, std::vector<bool> foreign) {
  return effect_of_change(Family::kIpv4, &live, desired, desired_of(desired, std::move(foreign)));
}

TEST(EffectOfChange, WhatComesOpensOrClosesAndWhatGoesDoesTheOpposite) {
  EXPECT_EQ(effect(filter({}), filter({{"-j DROP"}}), {false}).effect, kCloses);
  EXPECT_EQ(effect(filter({}), filter({{"-j ACCEPT"}}), {false}).effect, kOpens);
  EXPECT_EQ(effect(filter({{"-j DROP"}}), filter({}), {}).effect, kOpens);
  EXPECT_EQ(effect(filter({{"-j ACCEPT"}}), filter({}), {}).effect, kCloses);
  EXPECT_EQ(effect(filter({}), filter({}, "DROP"), {}).effect, kCloses);
  EXPECT_EQ(effect(filter({}, "DROP"), filter({}), {}).effect, kOpens);
  EXPECT_EQ(effect(filter({}), filter({{"-j LOG"}}), {false}).effect, kNone);
  EXPECT_EQ(effect(filter({{"-j DROP"}}), filter({{"-j DROP"}}), {true}).effect, kNone);
  auto both = effect(filter({{"-s 10.0.0.1/32 -j ACCEPT"}}), filter({{"-s 10.0.0.2/32 -j ACCEPT"}}), {false});
  EXPECT_EQ(both.effect, kBoth);
  EXPECT_TRUE(both.is_divisible);
}

TEST(EffectOfChange, AJumpThatMayDoBothCantBeDivided) {
  auto desired = filter({{"-j MINE"}});
  desired.chains.push_back({.name = "MINE", .rules = {{"-s 10.0.0.1/32 -j ACCEPT"}, {"-j DROP"}}});
  EXPECT_FALSE(effect(filter({}), desired, {false}).is_divisible);
  desired.chains[1].rules = {{"-j DROP"}};
  EXPECT_TRUE(effect(filter({}), desired, {false}).is_divisible);
  EXPECT_FALSE(effect(filter({}), filter({{"-j RETURN"}}), {false}).is_divisible);
}

TEST(EffectOfChange, AnUntouchedTableAcceptsAll) {
  auto desired = filter({}, "DROP");
  EXPECT_EQ(effect_of_change(Family::kIpv4, nullptr, desired, desired_of(desired, {})).effect, kCloses);
}

std::vector<Rule> halfway(const Table& live, const Table& desired, std::vector<bool> foreign) {
  auto half = midway(Family::kIpv4, &live, desired, desired_of(desired, std::move(foreign)));
  EXPECT_EQ(half.foreign.at(input_id()).size(), half.table.chains[0].rules.size());
  return half.table.chains[0].rules;
}

TEST(Midway, HasWhatStaysAndWhatEitherCloses) {
  EXPECT_THAT(halfway(filter({{"-j F"}, {"-s 10.0.0.1/32 -j DROP"}, {"-s 10.0.0.2/32 -j ACCEPT"}}),
                      filter({{"-s 10.0.0.3/32 -j DROP"}, {"-j F"}, {"-s 10.0.0.4/32 -j ACCEPT"}}),
                      {false, true, false}),
              ElementsAre(Rule{"-s 10.0.0.3/32 -j DROP"}, Rule{"-j F"}, Rule{"-s 10.0.0.1/32 -j DROP"}));
}

TEST(Midway, AnAcceptThatOnlyGetsAnotherNameStaysAllTheTime) {
  EXPECT_THAT(
      halfway(filter({{"-s 10.0.0.1/32 -m comment --comment old -j ACCEPT"}, {"-j DROP"}}),
              filter({{"-s 10.0.0.1/32 -m comment --comment new -j ACCEPT"}, {"-j REJECT"}}), {false, false}),
      ElementsAre(Rule{"-j REJECT"}, Rule{"-s 10.0.0.1/32 -m comment --comment old -j ACCEPT"},
                  Rule{"-j DROP"}));
}

TEST(Midway, WhatMovesStandsOnceWhereItLetsTheLessThrough) {
  Rule drop{"-s 10.0.0.1/32 -j DROP"};
  Rule accept{"-s 10.0.0.2/32 -j ACCEPT"};
  Rule log{"-j LOG"};
  Rule foreign{"-j F"};
  EXPECT_THAT(halfway(filter({foreign, drop, accept, log}), filter({drop, accept, log, foreign}),
                      {false, false, false, true}),
              ElementsAre(drop, foreign, accept, log));
  EXPECT_THAT(halfway(filter({drop, accept, log, foreign}), filter({foreign, drop, accept, log}),
                      {true, false, false, false}),
              ElementsAre(drop, foreign, accept, log));
  EXPECT_THAT(halfway(filter({accept, drop}), filter({drop, accept}), {false, false}),
              ElementsAre(drop, accept));
}

TEST(Midway, DropsWhereEitherPolicyDoes) {
  for (auto [before, after] : {std::pair("DROP", "ACCEPT"), {"ACCEPT", "DROP"}}) {
    auto live = filter({}, before);
    auto desired = filter({}, after);
    auto half = midway(Family::kIpv4, &live, desired, desired_of(desired, {}));
    EXPECT_EQ(half.table.chains[0].policy, "DROP");
  }
}

TEST(Midway, NewChainsAreWholeAndThoseThatGoStillStand) {
  auto live = filter({{"-j OLD"}});
  live.chains.push_back({.name = "OLD", .rules = {{"-s 10.0.0.1/32 -j ACCEPT"}}});
  auto desired = filter({{"-j NEW"}});
  desired.chains.push_back({.name = "NEW", .rules = {{"-j ACCEPT"}}});
  auto half = midway(Family::kIpv4, &live, desired, desired_of(desired, {false}));
  ASSERT_EQ(half.table.chains.size(), 3);
  EXPECT_EQ(half.table.chains[1], desired.chains[1]);
  EXPECT_EQ(half.table.chains[2], live.chains[1]);
}

}  // namespace
}  // namespace pyfw
