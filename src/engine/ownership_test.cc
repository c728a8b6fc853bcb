#include "engine/ownership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/outlook_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kSsh = "-p tcp -m tcp --dport 22 -m comment --comment ssh -j ACCEPT";
constexpr auto kOtherSsh = "-p tcp -m tcp --dport 2222 -m comment --comment ssh -j ACCEPT";
constexpr auto kSshWish =
    "{ iptables: { filter: { INPUT: { rules: [\n ssh: -p tcp -m tcp --dport 22 -j ACCEPT ]}}}}";

std::string refusal(const std::string& wishes, const State& live, const std::optional<Record>& record = {}) {
  auto outlook = outlook_on(wishes, live);
  return told(refuse_unowned(outlook.wishes, outlook.written, live, record));
}

TEST(RefuseUnowned, ANameThatAnotherTextBearsIsRefusedAtItsWish) {
  auto said = refusal(kSshWish, state_with({"-i lo -j ACCEPT", kOtherSsh}));
  EXPECT_THAT(said, testing::StartsWith("a.yaml:2:2: rule 2 of the chain bears this name"));
  EXPECT_THAT(said, HasSubstr(kOtherSsh));
  EXPECT_THAT(said, HasSubstr("--adopt"));
}

TEST(RefuseUnowned, TheSameTextIsNobodysElse) {
  EXPECT_EQ(refusal(kSshWish, state_with({kSsh})), "no error");
  EXPECT_EQ(refusal(kSshWish, State{}), "no error");
}

TEST(RefuseUnowned, WhatTheRecordNamesIsOursWhateverItSaysNow) {
  Record record;
  record.rules = {{.chain = filter_chain("INPUT"), .name = "ssh", .text = kSsh, .place = ""}};
  EXPECT_EQ(refusal(kSshWish, state_with({kOtherSsh}), record), "no error");
  // Names are unique in a chain, not across chains.
  record.rules[0].chain.chain = "FORWARD";
  EXPECT_NE(refusal(kSshWish, state_with({kOtherSsh}), record), "no error");
}

TEST(RefuseUnowned, ALeftOverTemporaryRuleIsOurs) {
  EXPECT_EQ(refusal(kSshWish, state_with({temporary(Rule{kOtherSsh}).text})), "no error");
}

TEST(RefuseUnowned, RulesEqualThatTakesOthersRulesAwayIsRefusedWhereOthersWrite) {
  for (const std::string chain : {"INPUT", "DOCKER", "DOCKER-USER", "DOCKER-ISOLATION-STAGE-1", "MINE"}) {
    State live;
    ensure_chain(live.iptables, "filter", chain).rules = {Rule{"-j RETURN"}};
    auto wishes = "{ iptables: { filter: { " + chain + ": {\n rules_equal: [ -j DROP ] }}}}";
    auto said = refusal(wishes, live);
    if (chain == "MINE") {
      EXPECT_EQ(said, "no error");
      continue;
    }
    EXPECT_THAT(said, testing::StartsWith("a.yaml:2:2: rules_equal would remove rule 1 of " + chain));
    Record record;
    record.adopted = {filter_chain(chain)};
    EXPECT_EQ(refusal(wishes, live, record), "no error") << "once and for good";
  }
}

TEST(RefuseUnowned, RulesEqualThatTakesNothingAwayNeedsNoLeave) {
  EXPECT_EQ(
      refusal("{ iptables: { filter: { INPUT: { rules_equal: [ -j DROP ] }}}}", state_with({"-j DROP"})),
      "no error");
}

TEST(RecordOf, NamesRulesPoliciesChainsAndSetsOfTheWishes) {
  auto live = state_with({"-i lo -j ACCEPT"});
  ensure_chain(live.iptables, "filter", "OLD");
  ensure_chain(live.iptables, "filter", "FORWARD").policy = "DROP";
  live.sets = {
      {.name = "theirs", .type = "hash:ip", .header = "family inet", .members = {"10.0.0.1", "10.0.0.9"}}};
  auto outlook = outlook_on(R"({ ipsets: { ours: { type: 'hash:ip', members_equal: [10.0.0.3] },
                                           theirs: { members_include: [10.0.0.1, 10.0.0.2] } },
  iptables: { filter: { INPUT: { default_action: DROP, rules: [ ssh: -p tcp -m tcp --dport 22 -j ACCEPT, -j LOG ] },
                        FORWARD: { default_action: ACCEPT },
                        OLD: { rules: [] }, NEW: { rules_equal: [] } }}})",
                            live);
  auto record = record_of(outlook, "/etc/w.yaml");
  EXPECT_EQ(record.wishes, "/etc/w.yaml");
  ASSERT_EQ(record.files.size(), 1);
  EXPECT_EQ(record.files[0].text, outlook.wishes.files[0]->text);
  EXPECT_THAT(record.rules, ElementsAre(RecordedRule{filter_chain("INPUT"), "ssh", kSsh, "a.yaml:3:70"},
                                        RecordedRule{filter_chain("INPUT"), "", "-j LOG", "a.yaml:3:106"}));
  EXPECT_THAT(record.policies, ElementsAre(RecordedPolicy{filter_chain("FORWARD"), "ACCEPT", "DROP"},
                                           RecordedPolicy{filter_chain("INPUT"), "DROP", "ACCEPT"}));
  EXPECT_THAT(record.chains, ElementsAre(filter_chain("NEW"))) << "OLD was there, others made it";
  EXPECT_THAT(record.sets,
              ElementsAre(RecordedSet{"ours", true, {}}, RecordedSet{"theirs", false, {"10.0.0.2"}}));
}

TEST(RecordOf, ANamedWishThatIsLeftOutStaysPyfws) {
  auto outlook = outlook_on(kSshWish, State{});
  auto& written = outlook.written.at(filter_chain("INPUT")).at(0);
  written.spelled.clear();
  written.left_out = "container 'web' is away";
  auto record = record_of(outlook, State{}, State{}, "");
  ASSERT_EQ(record.rules.size(), 1U);
  EXPECT_EQ(record.rules[0].name, "ssh");
  EXPECT_EQ(record.rules[0].text, "");
  EXPECT_EQ(refusal(kSshWish, state_with({kOtherSsh}), record), "no error");
  auto both = united(record, Record());
  EXPECT_EQ(both.rules, record.rules);
}

TEST(RecordOf, TheNextApplyKeepsWhatWasBeforeTheFirst) {
  auto wishes =
      std::string("{ ipsets: { theirs: { members_include: [10.0.0.2] }, ours: { type: 'hash:ip' } },") +
      " iptables: { filter: { INPUT: { default_action: DROP }, NEW: { rules: [] },"
      " DOCKER: { rules_equal: [] }}}}";
  State live;
  ensure_chain(live.iptables, "filter", "DOCKER");
  live.sets = {{.name = "theirs", .type = "hash:ip", .header = "family inet", .members = {}}};
  auto first = outlook_on(wishes, live);
  auto record = record_of(first, "");
  EXPECT_THAT(record.adopted, ElementsAre(filter_chain("DOCKER")));
  EXPECT_EQ(record_of(outlook_on(wishes, first.desired.state, record), ""), record);
  // Nor does it matter in which order the kernel shows members.
  auto many = std::string("{ ipsets: { theirs: { members_include: [10.0.0.2, 10.0.0.3] } } }");
  auto once = outlook_on(many, live);
  auto shown = once.desired.state;
  std::ranges::reverse(shown.sets[0].members);
  EXPECT_EQ(record_of(outlook_on(many, shown, record_of(once, "")), ""), record_of(once, ""));
  // With the record lost, nobody knows who made them.
  auto lost = record_of(outlook_on(wishes, first.desired.state), "");
  EXPECT_THAT(lost.chains, IsEmpty());
  EXPECT_THAT(lost.sets, ElementsAre(RecordedSet{"ours", false, {}}, RecordedSet{"theirs", false, {}}));
}

TEST(United, KnowsWhatEitherOwnsAndTellsTheSameOnce) {
  Record before{.wishes = "old"};
  before.rules = {{filter_chain("INPUT"), "a", "-j A", ""}, {filter_chain("INPUT"), "b", "-j B", ""}};
  before.policies = {{filter_chain("INPUT"), "DROP", "ACCEPT"}};
  before.sets = {{"s", true, {}}};
  before.chains = {filter_chain("A")};
  before.adopted = {filter_chain("DOCKER")};
  Record after{.wishes = "new"};
  after.rules = {{filter_chain("INPUT"), "b", "-j B", "w:1"}, {filter_chain("FORWARD"), "a", "-j A", ""}};
  after.sets = {{"t", true, {}}};
  after.chains = {filter_chain("A"), filter_chain("B")};
  auto both = united(before, after);
  EXPECT_EQ(both.wishes, "new");
  EXPECT_THAT(both.rules, ElementsAre(after.rules[0], after.rules[1], before.rules[0]));
  EXPECT_EQ(both.policies, before.policies);
  EXPECT_THAT(both.sets, ElementsAre(after.sets[0], before.sets[0]));
  EXPECT_THAT(both.chains, ElementsAre(filter_chain("A"), filter_chain("B")));
  EXPECT_THAT(both.adopted, ElementsAre(filter_chain("DOCKER")));
  EXPECT_TRUE(both.has_leftovers);
}

}  // namespace
}  // namespace pyfw
