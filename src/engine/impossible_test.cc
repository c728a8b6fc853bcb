#include "engine/impossible.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/outlook_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kWishes = R"({ ipsets: { s: {
 type: 'hash:net', members_equal: [10.0.0.0/8] } },
  iptables: { filter: { INPUT: { rules: [ ours: -m set --match-set s src -j DROP ]}}}})";

State with_set(const std::string& type, const std::string& header = "family inet") {
  State live;
  live.sets = {{.name = "s", .type = type, .header = header, .members = {}}};
  return live;
}

std::string refusal(const State& live) {
  auto outlook = outlook_on(kWishes, live);
  return told(refuse_impossible_sets(outlook.wishes, live, outlook.desired));
}

TEST(RefuseImpossibleSets, OfAnotherTypeWhileAForeignRuleUsesIt) {
  auto live = with_set("hash:ip");
  ensure_chain(live.ip6tables, "raw", "PREROUTING").rules = {Rule{"-j LOG"},
                                                             Rule{"-m set ! --match-set s src -j DROP"}};
  EXPECT_THAT(
      refusal(live),
      StartsWith(
          "a.yaml:2:9: set 's' can't become a hash:net while rule 2 of chain PREROUTING in table raw of "
          "ip6tables uses it, which is not pyfw's"));
  // In a chain of ours, too.
  live = with_set("hash:ip");
  ensure_chain(live.iptables, "filter", "INPUT").rules = {Rule{"-m set --match-set s dst -j DROP"}};
  EXPECT_THAT(refusal(live), HasSubstr("rule 2 of chain INPUT"));
}

TEST(RefuseImpossibleSets, OfAnotherTypeWhileARuleThatAMatchMovesUsesIt) {
  constexpr auto kMatching = R"({ ipsets: { s: { type: 'hash:net', members_equal: [10.0.0.0/8] } },
  iptables: { filter: { INPUT: { rules: [ ~match: dst ]}}}})";
  auto live = with_set("hash:ip");
  ensure_chain(live.iptables, "filter", "INPUT").rules = {Rule{"-m set --match-set s dst -j DROP"}};
  auto outlook = outlook_on(kMatching, live);
  EXPECT_THAT(told(refuse_impossible_sets(outlook.wishes, live, outlook.desired)),
              HasSubstr("while rule 1 of chain INPUT"));
}

TEST(RefuseImpossibleSets, OfAnotherTypeWhileAListHoldsIt) {
  auto live = with_set("hash:ip");
  live.sets.push_back({.name = "l", .type = "list:set", .header = "size 8", .members = {"other", "s"}});
  EXPECT_THAT(refusal(live), HasSubstr("while it is a member of 'l'"));
}

TEST(RefuseImpossibleSets, AnotherFamilyIsAnotherTypeToo) {
  auto live = with_set("hash:net", "family inet6");
  auto outlook = outlook_on(kWishes, State{});
  ensure_chain(live.ip6tables, "filter", "INPUT").rules = {Rule{"-m set --match-set s src -j DROP"}};
  outlook.desired.state.ip6tables = live.ip6tables;
  EXPECT_THAT(told(refuse_impossible_sets(outlook.wishes, live, outlook.desired)),
              HasSubstr("can't become a hash:net"));
}

TEST(RefuseImpossibleSets, WhereOnlyPyfwsRulesUseItItIsPossible) {
  EXPECT_EQ(refusal(with_set("hash:ip")), "no error");
  EXPECT_EQ(refusal(State{}), "no error");
}

TEST(RefuseImpossibleSets, OtherOptionsOfTheSameTypeAreSwappedIn) {
  auto live = with_set("hash:net", "family inet maxelem 7");
  ensure_chain(live.iptables, "filter", "OUTPUT").rules = {Rule{"-m set --match-set s src -j DROP"}};
  EXPECT_EQ(refusal(live), "no error");
}

}  // namespace
}  // namespace pyfw
