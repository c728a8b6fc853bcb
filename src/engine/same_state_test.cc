#include "engine/same_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

State with_rules(std::vector<Rule> rules) {
  State state;
  ensure_chain(state.iptables, "filter", "INPUT").rules = std::move(rules);
  return state;
}

State with_set(Set set) {
  State state;
  state.sets = {std::move(set)};
  return state;
}

TEST(Difference, TheFirstRuleThatDiffersIsNamed) {
  EXPECT_EQ(difference(with_rules({{"-j A"}, {"-j B"}}), with_rules({{"-j A"}, {"-j C"}})),
            "iptables filter INPUT has as rule 2 \"-j B\", not \"-j C\"");
  EXPECT_EQ(difference(with_rules({{"-j A"}}), with_rules({{"-j A"}, {"-j C"}})),
            "iptables filter INPUT has as rule 2 \"nothing\", not \"-j C\"");
  EXPECT_EQ(difference(with_rules({{"-j A"}}), State{}), "iptables filter INPUT is still there");
}

TEST(Difference, TablesAndChainsThatHoldNothingAreNone) {
  EXPECT_EQ(difference(with_rules({}), State{}), "");
  EXPECT_EQ(difference(State{}, with_rules({})), "");
}

TEST(Difference, PoliciesAreCompared) {
  auto drop = with_rules({});
  ensure_chain(drop.iptables, "filter", "INPUT").policy = "DROP";
  EXPECT_EQ(difference(with_rules({}), drop), "iptables filter INPUT has policy ACCEPT, not DROP");
  EXPECT_EQ(difference(State{}, drop), "iptables filter INPUT has policy ACCEPT, not DROP");
  EXPECT_NE(difference(drop, with_rules({})), "");
  EXPECT_NE(difference(drop, State{}), "") << "a chain that drops is not the same as none";
}

TEST(Difference, UserChainsMissOrAreTooMany) {
  State state;
  ensure_chain(state.ip6tables, "nat", "MINE");
  EXPECT_EQ(difference(State{}, state), "ip6tables nat MINE is missing");
  EXPECT_EQ(difference(state, State{}), "ip6tables nat MINE is still there");
}

TEST(Difference, OfSetsOnlyWhatMeansSomethingCounts) {
  Set a{.name = "s",
        .type = "hash:ip",
        .header = "family inet hashsize 1024 maxelem 65536 timeout 60 initval 0x1",
        .members = {"10.0.0.1 timeout 7 packets 1 bytes 2", "10.0.0.2 timeout 9"}};
  auto b = a;
  b.header = "family inet hashsize 2048 maxelem 65536 timeout 60 initval 0x2";
  b.members = {"10.0.0.2 timeout 3", "10.0.0.1 timeout 2"};
  EXPECT_EQ(difference(with_set(a), with_set(b)), "");
  b.members.pop_back();
  EXPECT_EQ(difference(with_set(a), with_set(b)), "set s has other members");
  b = a;
  b.header = "family inet hashsize 1024 maxelem 7 timeout 60";
  EXPECT_EQ(difference(with_set(a), with_set(b)), "set s has maxelem 65536, not 7");
  b = a;
  b.type = "hash:net";
  EXPECT_EQ(difference(with_set(a), with_set(b)), "set s is a hash:ip, not a hash:net");
  EXPECT_EQ(difference(with_set(a), State{}), "set s is still there");
  EXPECT_EQ(difference(State{}, with_set(a)), "set s is missing");
}

TEST(Difference, TheOrderOfAListOfSetsCounts) {
  Set a{.name = "l", .type = "list:set", .header = "size 8", .members = {"x", "y"}};
  auto b = a;
  b.members = {"y", "x"};
  EXPECT_EQ(difference(with_set(a), with_set(b)), "set l has other members");
}

TEST(Difference, ANomatchIsNoMatch) {
  Set a{.name = "s", .type = "hash:net", .header = "family inet", .members = {"10.0.0.0/8"}};
  auto b = a;
  b.members = {"10.0.0.0/8 nomatch"};
  EXPECT_EQ(difference(with_set(a), with_set(b)), "set s has other members");
}

}  // namespace
}  // namespace pyfw
