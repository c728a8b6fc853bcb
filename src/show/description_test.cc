#include "show/description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "plan/plan.h"
#include "show/story_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> places(const Description& description) {
  std::vector<std::string> out;
  for (const auto& chain : description.chains)
    out.push_back(std::string(program_of(chain.id.family)) + " " + chain.id.table + " " + chain.id.chain);
  return out;
}

TEST(Describe, EqualStatesHaveNothingToTell) {
  auto story = a_story();
  EXPECT_TRUE(describe(story.live, {.state = story.live, .foreign = {}}).empty());
}

TEST(Describe, FamiliesTablesAndChainsComeInTheOrderOfDocuments) {
  State live;
  Desired desired;
  for (auto family : {Family::kIpv6, Family::kIpv4})
    for (const auto* table : {"nat", "filter"})
      for (const auto* chain : {"b", "OUTPUT", "a", "INPUT"})
        ensure_chain(ruleset_of(desired.state, family), table, chain).rules = {{"-j ACCEPT"}};
  ensure_chain(live.iptables, "filter", "aa");
  desired.removed_chains = {ipv4("filter", "aa")};
  EXPECT_THAT(
      places(describe(live, desired)),
      ElementsAre("iptables filter INPUT", "iptables filter OUTPUT", "iptables filter a",
                  "iptables filter aa", "iptables filter b", "iptables nat INPUT", "iptables nat OUTPUT",
                  "iptables nat a", "iptables nat b", "ip6tables filter INPUT", "ip6tables filter OUTPUT",
                  "ip6tables filter a", "ip6tables filter b", "ip6tables nat INPUT", "ip6tables nat OUTPUT",
                  "ip6tables nat a", "ip6tables nat b"));
}

TEST(Describe, ATableThatNobodyTouchedAcceptsAndItsChainsAreNotNew) {
  Desired desired;
  ensure_chain(desired.state.iptables, "filter", "INPUT").policy = "DROP";
  auto chains = describe({}, desired).chains;
  ASSERT_EQ(chains.size(), 1);
  EXPECT_EQ(chains[0], (ChainDescription{.id = ipv4("filter", "INPUT"),
                                         .policy = PolicyChange{.before = "ACCEPT", .after = "DROP"}}));
}

TEST(Describe, AnEmptyNewChainIsTold) {
  Desired desired;
  ensure_chain(desired.state.iptables, "filter", "web");
  auto chains = describe({}, desired).chains;
  ASSERT_EQ(chains.size(), 1);
  EXPECT_TRUE(chains[0].is_new);
}

TEST(Describe, AChainThatGoesTakesItsRulesWithIt) {
  State live;
  ensure_chain(live.iptables, "filter", "web").rules = {{"-j ACCEPT"}};
  Desired desired;
  desired.removed_chains = {ipv4("filter", "web"), ipv4("filter", "never_there")};
  desired.removed_sets = {"never_there"};
  auto description = describe(live, desired);
  ASSERT_EQ(description.chains.size(), 1);
  EXPECT_TRUE(description.chains[0].is_removed);
  EXPECT_EQ(description.chains[0].lines.size(), 1);
  EXPECT_THAT(description.sets, IsEmpty());
}

TEST(Describe, WhatOnlyTheLiveStateHasStaysUnlessItShallGo) {
  auto live = a_story().live;
  EXPECT_TRUE(describe(live, {.state = {}, .foreign = {}}).empty());
}

State some_state() {
  State state;
  auto some_rules = [] {
    std::vector<Rule> out;
    for (auto i : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3)))
      out.push_back(wish("w" + std::to_string(i), "", "ACCEPT"));
    return out;
  };
  auto yes = [] { return *rc::gen::arbitrary<bool>(); };
  for (auto family : kFamilies) {
    if (yes()) ensure_chain(ruleset_of(state, family), "filter", "web").rules = some_rules();
    if (!yes()) continue;
    auto& input = ensure_chain(ruleset_of(state, family), "filter", "INPUT");
    input.policy = yes() ? "DROP" : "ACCEPT";
    input.rules = some_rules();
  }
  for (const auto* type : {"hash:ip", "list:set"}) {
    if (yes()) continue;
    Set set{.name = type, .type = type, .header = yes() ? "size 8" : "size 9"};
    for (auto i : *rc::gen::unique<std::vector<int>>(rc::gen::inRange(0, 3)))
      set.members.push_back("10.0.0." + std::to_string(i) + (yes() ? " comment x" : ""));
    state.sets.push_back(std::move(set));
  }
  return state;
}

RC_GTEST_PROP(Describe, ThereIsSomethingToTellExactlyWhereThereIsSomethingToDo, ()) {
  auto live = some_state();
  Desired desired{.state = *rc::gen::arbitrary<bool>() ? live : some_state(), .foreign = {}};
  RC_ASSERT(describe(live, desired).empty() == make_plan(live, desired).empty());
}

}  // namespace
}  // namespace pyfw
