#include "plan/effect.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(EffectOf, VerdictsOpenOrCloseAndMarksDoNeither) {
  EXPECT_EQ(effect_of(Rule{"-s 10.0.0.1 -j ACCEPT"}), kOpens);
  EXPECT_EQ(effect_of(Rule{"-j DROP"}), kCloses);
  EXPECT_EQ(effect_of(Rule{"-j REJECT --reject-with tcp-reset"}), kCloses);
  EXPECT_EQ(effect_of(Rule{"-j LOG --log-prefix \"-j DROP \""}), kNone);
  EXPECT_EQ(effect_of(Rule{"-s 10.0.0.1"}), kNone);
  EXPECT_EQ(effect_of(Rule{"-j MARK --set-xmark 0x1/0xffffffff"}), kNone);
}

TEST(EffectOf, WhatLeadsElsewhereOrIsUnknownMayDoBoth) {
  for (const char* text :
       {"-j RETURN", "-j MINE", "-g MINE", "-j NFQUEUE --queue-num 0", "-j DNAT --to 10.0.0.1"})
    EXPECT_EQ(effect_of(Rule{text}), kBoth) << text;
}

Table table_with(std::vector<Chain> chains) { return {.name = "filter", .chains = std::move(chains)}; }

TEST(Effects, AJumpDoesWhatTheRulesInThereDo) {
  auto table = table_with({{.name = "A", .rules = {Rule{"-j LOG"}, Rule{"-j B"}}},
                           {.name = "B", .rules = {Rule{"-j DROP"}, Rule{"-s 10.0.0.1 -j RETURN"}}},
                           {.name = "C", .rules = {Rule{"-j B"}, Rule{"-j ACCEPT"}}},
                           {.name = "E"}});
  Effects effects(&table);
  EXPECT_EQ(effects.of(Rule{"-j A"}), kCloses);
  EXPECT_EQ(effects.of(Rule{"-j C"}), kBoth);
  EXPECT_EQ(effects.of(Rule{"-j E"}), kNone);
  EXPECT_EQ(effects.of(Rule{"-j ACCEPT"}), kOpens);
}

TEST(Effects, AGotoAndAnUnknownChainMayDoBoth) {
  auto table = table_with({{.name = "B", .rules = {Rule{"-j DROP"}}}});
  Effects effects(&table);
  EXPECT_EQ(effects.of(Rule{"-g B"}), kBoth);
  EXPECT_EQ(effects.of(Rule{"-j GONE"}), kBoth);
  EXPECT_EQ(Effects(nullptr).of(Rule{"-j B"}), kBoth);
}

// The kernel takes no loop, but a state from a file may have one.
TEST(Effects, ALoopHasTheEffectsOfAllItsChains) {
  auto table = table_with({{.name = "A", .rules = {Rule{"-j B"}, Rule{"-j ACCEPT"}}},
                           {.name = "B", .rules = {Rule{"-j A"}, Rule{"-j DROP"}}}});
  Effects effects(&table);
  EXPECT_EQ(effects.of(Rule{"-j A"}), kBoth);
}

}  // namespace
}  // namespace pyfw
