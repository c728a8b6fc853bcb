#include "plan/set_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Set hosts(std::vector<std::string> members, const std::string& type = "hash:net") {
  return {.name = "hosts", .type = type, .header = "family inet", .members = std::move(members)};
}

constexpr auto kUse = "-m set --match-set hosts src -j DROP";
const std::map<Family, bool> kQuiet = {{Family::kIpv4, false}, {Family::kIpv6, false}};
const std::map<Family, bool> kRulesChange = {{Family::kIpv4, true}, {Family::kIpv6, false}};

ChainId input() { return {.family = Family::kIpv4, .table = "filter", .chain = "INPUT"}; }

struct Case {
  State live{};
  Desired desired{};

  Case(Sets before, Sets after) {
    live.sets = std::move(before);
    desired.state.sets = std::move(after);
  }
  // A rule that stands in both.
  Case& use(const std::string& text, bool is_foreign) {
    for (auto* state : {&live, &desired.state})
      ensure_chain(state->iptables, "filter", "INPUT").rules.push_back(Rule{text});
    desired.foreign[input()].push_back(is_foreign);
    return *this;
  }
  Case& exact() {
    desired.exact_sets.insert("hosts");
    return *this;
  }
};

TEST(PlanSets, WhereNothingChangesThereIsNothingToDo) {
  auto same = hosts({"10.0.0.2", "10.0.0.1"});
  auto plan =
      plan_sets(Case({hosts({"10.0.0.1", "10.0.0.2"})}, {same}).live, Case({}, {same}).desired, kRulesChange);
  EXPECT_THAT(plan.first.lines, IsEmpty());
  EXPECT_THAT(plan.middle.lines, IsEmpty());
  EXPECT_THAT(plan.last.lines, IsEmpty());
}

TEST(PlanSets, NewSetsComeFirstAndListsBehindWhatTheyHold) {
  Case c({}, {{.name = "all", .type = "list:set", .header = "size 8", .members = {"hosts"}},
              hosts({"10.0.0.1"})});
  EXPECT_THAT(plan_sets(c.live, c.desired, kRulesChange).first.lines,
              ElementsAre("create hosts hash:net family inet", "add hosts 10.0.0.1",
                          "create all list:set size 8", "add all hosts"));
}

TEST(PlanSets, RemovedSetsGoLastAndListsBeforeWhatTheyHold) {
  Case c({hosts({}), {.name = "zlist", .type = "list:set", .header = "size 8", .members = {"hosts"}}}, {});
  c.desired.removed_sets = {"hosts", "zlist"};
  EXPECT_THAT(plan_sets(c.live, c.desired, kRulesChange).last.lines,
              ElementsAre("destroy zlist", "destroy hosts"));
}

TEST(PlanSets, OneMemberOfASetThatChangesAloneIsAddedInPlace) {
  auto c = Case({hosts({"10.0.0.1"})}, {hosts({"10.0.0.1", "10.0.0.2"})}).use(kUse, true).exact();
  auto plan = plan_sets(c.live, c.desired, kQuiet);
  EXPECT_THAT(plan.first.lines, ElementsAre("add hosts 10.0.0.2 -exist"));
  EXPECT_THAT(plan.aside, IsEmpty());
}

TEST(PlanSets, SeveralMembersOfASetOfPyfwsComeAllAtOnce) {
  auto c = Case({hosts({"10.0.0.1"})}, {hosts({"10.0.0.3", "10.0.0.2"})}).use(kUse, true).exact();
  EXPECT_THAT(plan_sets(c.live, c.desired, kQuiet).first.lines,
              ElementsAre("create _pyfw_temp_1 hash:net family inet", "add _pyfw_temp_1 10.0.0.3",
                          "add _pyfw_temp_1 10.0.0.2", "swap _pyfw_temp_1 hosts", "destroy _pyfw_temp_1"));
}

// What others add meanwhile would be lost by a swap.
TEST(PlanSets, ASetThatOthersFillIsChangedMemberByMember) {
  auto c = Case({hosts({"10.0.0.1", "10.0.0.9"})}, {hosts({"10.0.0.9", "10.0.0.3", "10.0.0.0/8 nomatch"})})
               .use(kUse, true);
  EXPECT_THAT(plan_sets(c.live, c.desired, kQuiet).first.lines,
              ElementsAre("add hosts 10.0.0.0/8 nomatch -exist", "add hosts 10.0.0.3 -exist",
                          "del hosts 10.0.0.1 -exist"));
}

TEST(PlanSets, AListWhoseOrderChangesIsSwappedAndOneThatGrowsIsNot) {
  Set list{.name = "l", .type = "list:set", .header = "size 8", .members = {"a", "b"}};
  auto other = list;
  other.members = {"b", "a"};
  Case turned({list}, {other});
  EXPECT_THAT(plan_sets(turned.live, turned.desired, kQuiet).first.lines,
              testing::Contains("swap _pyfw_temp_1 l"));
  other.members = {"a", "b", "c"};
  Case grown({list}, {other});
  EXPECT_THAT(plan_sets(grown.live, grown.desired, kQuiet).first.lines, ElementsAre("add l c"));
}

TEST(PlanSets, ASetThatChangesWithItsRulesIsBroughtToThemUnderAnotherName) {
  auto c = Case({hosts({"10.0.0.1"})}, {hosts({"10.0.0.2"})}).use(kUse, false).exact();
  auto plan = plan_sets(c.live, c.desired, kRulesChange);
  EXPECT_THAT(plan.aside, ElementsAre(Pair("hosts", "_pyfw_temp_1")));
  EXPECT_THAT(plan.first.lines,
              ElementsAre("create _pyfw_temp_1 hash:net family inet", "add _pyfw_temp_1 10.0.0.2"));
  EXPECT_FALSE(plan.middle.lines.empty());
  EXPECT_THAT(plan.last.lines, ElementsAre("destroy _pyfw_temp_1"));
  EXPECT_THAT(plan.caveats, IsEmpty());
}

TEST(PlanSets, AnotherTypeIsAnotherSetForItsRules) {
  auto c = Case({hosts({"10.0.0.1"}, "hash:ip")}, {hosts({"10.0.0.0/8"})}).use(kUse, false);
  auto plan = plan_sets(c.live, c.desired, kQuiet);
  EXPECT_THAT(plan.aside, ElementsAre(Pair("hosts", "_pyfw_temp_1")));
  EXPECT_THAT(plan.middle.lines,
              ElementsAre("destroy hosts", "create hosts hash:net family inet", "add hosts 10.0.0.0/8"));
  Case unused({hosts({"10.0.0.1"}, "hash:ip")}, {hosts({"10.0.0.0/8"})});
  EXPECT_THAT(plan_sets(unused.live, unused.desired, kRulesChange).first.lines,
              ElementsAre("destroy hosts", "create hosts hash:net family inet", "add hosts 10.0.0.0/8"));
}

TEST(PlanSets, ThatForeignRulesMeetAMomentOfNeitherIsSaid) {
  auto c = Case({hosts({"10.0.0.1"})}, {hosts({"10.0.0.2"})}).use(kUse, true).exact();
  EXPECT_THAT(plan_sets(c.live, c.desired, kRulesChange).caveats,
              ElementsAre(HasSubstr("rules that are not pyfw's use set 'hosts'")));
  EXPECT_THAT(plan_sets(c.live, c.desired, kQuiet).caveats, IsEmpty());
}

TEST(PlanSets, ARuleThatAMatchMovesKeepsItsSet) {
  auto c = Case({hosts({"10.0.0.1"})}, {hosts({"10.0.0.2"})}).use(kUse, false).exact();
  c.desired.matched[input()] = {kUse};
  auto plan = plan_sets(c.live, c.desired, kRulesChange);
  EXPECT_THAT(plan.aside, IsEmpty());
  EXPECT_THAT(plan.caveats, ElementsAre(HasSubstr("rules that are not pyfw's use set 'hosts'")));
}

TEST(PlanSets, WhatStandsAsideAlreadyIsNotBuiltAgain) {
  auto left = hosts({"10.0.0.2"});
  left.name = "_pyfw_temp_3";
  Case c({hosts({"10.0.0.1"}), left}, {hosts({"10.0.0.2"})});
  c.use(kUse, false).exact();
  c.desired.removed_sets.insert(left.name);
  auto plan = plan_sets(c.live, c.desired, kRulesChange);
  EXPECT_THAT(plan.first.lines, IsEmpty());
  EXPECT_THAT(plan.aside, ElementsAre(Pair("hosts", "_pyfw_temp_3")));
  EXPECT_THAT(plan.last.lines, ElementsAre("destroy _pyfw_temp_3"));
}

TEST(PlanSets, WhatStandsAsideAndIsAnotherGoes) {
  auto left = hosts({"10.0.0.3"});
  left.name = "_pyfw_temp_3";
  Case c({hosts({"10.0.0.1"}), left}, {hosts({"10.0.0.2"})});
  c.use(kUse, false).exact();
  c.desired.removed_sets.insert(left.name);
  auto plan = plan_sets(c.live, c.desired, kRulesChange);
  EXPECT_THAT(plan.aside, ElementsAre(Pair("hosts", "_pyfw_temp_1")));
  EXPECT_THAT(plan.last.lines, testing::UnorderedElementsAre("destroy _pyfw_temp_1", "destroy _pyfw_temp_3"));
}

TEST(PlanSets, ATakenTemporaryNameIsNotTakenAgain) {
  Case c({hosts({"10.0.0.1"}), {.name = "_pyfw_temp_1", .type = "hash:ip"}}, {hosts({"10.0.0.2"})});
  c.use(kUse, true).exact();
  c.desired.state.sets[0].members = {"10.0.0.3", "10.0.0.2"};
  EXPECT_THAT(plan_sets(c.live, c.desired, kQuiet).first.lines, testing::Contains("swap _pyfw_temp_2 hosts"));
}

TEST(SetsSeenBy, ARuleThatNamesAListSeesWhatItHolds) {
  Sets sets = {{.name = "l", .type = "list:set", .members = {"a", "b timeout 3"}}};
  EXPECT_THAT(sets_seen_by(Rule{"-m set --match-set l src -j SET --add-set c dst"}, sets),
              testing::UnorderedElementsAre("l", "c", "a", "b"));
}

}  // namespace
}  // namespace pyfw
