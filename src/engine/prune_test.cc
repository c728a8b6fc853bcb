#include "engine/prune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/outlook_for_tests.h"
#include "engine/ownership.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr auto kNothing = "{ iptables: { filter: { FORWARD: { rules: [] }}}}";

// What the record says after `wishes` were applied to `live`, and the state that they led to.
struct Applied {
  State state;
  Record record;
};

Applied applied(const std::string& wishes, const State& live, std::optional<Record> record = {}) {
  auto outlook = outlook_on(wishes, live, std::move(record));
  return {.state = outlook.desired.state, .record = record_of(outlook, "")};
}

std::string input(const std::string& rules) {
  return "{ iptables: { filter: { INPUT: { rules: [" + rules + "] }}}}";
}

TEST(Prune, RuleThatIsNoLongerWishedGoesAndForeignOnesStay) {
  auto was = applied(input("a: -s 10.0.0.1 -j ACCEPT, b: -s 10.0.0.2 -j ACCEPT, -s 10.0.0.3 -j DROP"),
                     state_with({"-i lo -j ACCEPT"}));
  auto now = outlook_on(input("b: -s 10.0.0.2 -j ACCEPT"), was.state, was.record);
  EXPECT_THAT(rules_in(now.desired.state, filter_chain("INPUT")),
              ElementsAre("-s 10.0.0.2 -m comment --comment b -j ACCEPT", "-i lo -j ACCEPT"));
  EXPECT_THAT(now.desired.foreign.at(filter_chain("INPUT")), ElementsAre(false, true));
  EXPECT_THAT(now.messages, IsEmpty());
  // Also where the chain has no wishes any more.
  now = outlook_on(kNothing, was.state, was.record);
  EXPECT_THAT(rules_in(now.desired.state, filter_chain("INPUT")), ElementsAre("-i lo -j ACCEPT"));
  EXPECT_THAT(now.desired.foreign.at(filter_chain("INPUT")), ElementsAre(true));
}

TEST(Prune, RuleThatWasEditedByHandStays) {
  auto was = applied(input("a: -s 10.0.0.1 -j ACCEPT"), State{});
  auto edited = state_with({"-s 10.0.0.1 -m comment --comment a -j DROP"});
  auto now = outlook_on(kNothing, edited, was.record);
  EXPECT_EQ(rules_in(now.desired.state, filter_chain("INPUT")), rules_in(edited, filter_chain("INPUT")));
}

TEST(Prune, RuleThatAWishStillClaimsStays) {
  auto was = applied(input("a: -s 10.0.0.1 -j ACCEPT, -s 10.0.0.2 -j DROP"), State{});
  for (const char* rules :
       {"'~match': 10.0.0", "-s 10.0.0.1 -m comment --comment a -j ACCEPT, -s 10.0.0.2 -j DROP"}) {
    auto now = outlook_on(input(rules), was.state, was.record);
    EXPECT_EQ(rules_in(now.desired.state, filter_chain("INPUT")).size(), 2) << rules;
  }
}

TEST(Prune, TheOneOfEqualUnnamedRulesThatIsForeignCantBeToldSoAllStay) {
  auto was = applied(input("-s 10.0.0.2 -j DROP, -s 10.0.0.3 -j DROP"), State{});
  auto now =
      outlook_on(kNothing, state_with({"-s 10.0.0.2 -j DROP", "-s 10.0.0.3 -j DROP", "-s 10.0.0.2 -j DROP"}),
                 was.record);
  EXPECT_THAT(rules_in(now.desired.state, filter_chain("INPUT")),
              ElementsAre("-s 10.0.0.2 -j DROP", "-s 10.0.0.2 -j DROP"));
  EXPECT_THAT(now.messages, ElementsAre(HasSubstr("more often than pyfw put it there, and stays")));
}

TEST(Prune, RuleOfAnotherChainOrFamilyIsNotMeant) {
  auto was = applied(input("a: -j DROP"), State{});
  State live;
  for (auto* rules : {&ensure_chain(live.iptables, "filter", "FORWARD").rules,
                      &ensure_chain(live.ip6tables, "filter", "INPUT").rules})
    *rules = {Rule{"-m comment --comment a -j DROP"}};
  auto now = outlook_on("{ ipsets: {} }", live, was.record);
  EXPECT_EQ(now.desired.state, live);
  EXPECT_THAT(now.desired.foreign, IsEmpty());
}

TEST(Prune, PolicyReturnsToWhatItWasBeforeTheFirstWish) {
  State live;
  ensure_chain(live.iptables, "filter", "INPUT").policy = "ACCEPT";
  auto wish = [](const std::string& policy) {
    return "{ iptables: { filter: { INPUT: { default_action: " + policy + " }}}}";
  };
  auto was = applied(wish("DROP"), live);
  auto policy = [](const Outlook& outlook) {
    return *find_chain(outlook.desired.state.iptables, "filter", "INPUT")->policy;
  };
  EXPECT_EQ(policy(outlook_on(kNothing, was.state, was.record)), "ACCEPT");
  EXPECT_EQ(policy(outlook_on(input("a: -j DROP"), was.state, was.record)), "ACCEPT")
      << "the chain has other wishes";
  // The owner changed it since: it is his.
  auto by_hand = was.state;
  ensure_chain(by_hand.iptables, "filter", "INPUT").policy = "ACCEPT";
  was.record.policies[0].before = "DROP";
  EXPECT_EQ(policy(outlook_on(kNothing, by_hand, was.record)), "ACCEPT");
}

TEST(Prune, ChainsThatLeadToEachOtherGoTogether) {
  auto was = applied(
      "{ iptables: { filter: { INPUT: { rules: [ in: -j A ] }, A: { rules: [ x: -j B ] }, B: { rules: [ y: "
      "-j DROP ] "
      "}}}}",
      state_with({"-i lo -j ACCEPT"}));
  auto now = outlook_on(kNothing, was.state, was.record);
  EXPECT_THAT(now.desired.removed_chains, UnorderedElementsAre(filter_chain("A"), filter_chain("B")));
  EXPECT_EQ(find_chain(now.desired.state.iptables, "filter", "A"), nullptr);
  EXPECT_THAT(now.messages, IsEmpty());
}

TEST(Prune, ChainThatOthersUseStaysAndItIsSaid) {
  auto was = applied(
      "{ iptables: { filter: { A: { rules: [ x: -j DROP ] }, B: { rules: [ y: -j DROP ] }, C: { rules: "
      "[ z: -j B ] }}}}",
      State{});
  ensure_chain(was.state.iptables, "filter", "A").rules.push_back(Rule{"-j RETURN"});
  ensure_chain(was.state.iptables, "filter", "OUTPUT").rules = {Rule{"-g C"}};
  auto now = outlook_on(kNothing, was.state, was.record);
  EXPECT_THAT(now.desired.removed_chains, ElementsAre(filter_chain("B")));
  EXPECT_THAT(
      now.messages,
      ElementsAre(
          "chain A in table filter of iptables is no longer wished, but stays: rules that are not "
          "pyfw's stand in it",
          "chain C in table filter of iptables is no longer wished, but stays: rule 1 of OUTPUT jumps "
          "to it"));
  EXPECT_THAT(rules_in(now.desired.state, filter_chain("A")), ElementsAre("-j RETURN"));
}

TEST(Prune, ChainThatPyfwDidNotMakeStays) {
  State live;
  ensure_chain(live.iptables, "filter", "THEIRS");
  auto was = applied("{ iptables: { filter: { THEIRS: { rules: [ x: -j DROP ] }}}}", live);
  auto now = outlook_on(kNothing, was.state, was.record);
  EXPECT_THAT(now.desired.removed_chains, IsEmpty());
  EXPECT_THAT(rules_in(now.desired.state, filter_chain("THEIRS")), IsEmpty());
}

constexpr auto kSets = R"({ ipsets: { a: { type: 'hash:ip', members_equal: [10.0.0.1] },
  b: { type: 'list:set', members_equal: [a] } },
  iptables: { filter: { INPUT: { rules: [ r: -m set --match-set b src -j DROP ]}}}})";

TEST(Prune, SetsThatPyfwMadeGoWithTheRulesThatUseThem) {
  auto was = applied(kSets, State{});
  auto now = outlook_on(kNothing, was.state, was.record);
  EXPECT_THAT(now.desired.removed_sets, UnorderedElementsAre("a", "b"))
      << "a set goes though its list comes later";
  EXPECT_THAT(now.desired.state.sets, IsEmpty());
  EXPECT_THAT(now.messages, IsEmpty());
}

TEST(Prune, SetThatOthersUseStaysAndItIsSaid) {
  auto was = applied(kSets, State{});
  ensure_chain(was.state.iptables, "filter", "OUTPUT").rules = {Rule{"-m set --match-set b dst -j DROP"}};
  auto now = outlook_on(kNothing, was.state, was.record);
  EXPECT_THAT(now.desired.removed_sets, IsEmpty());
  EXPECT_THAT(
      now.messages,
      ElementsAre(
          "set 'a' is no longer wished, but stays: set 'b' holds it",
          "set 'b' is no longer wished, but stays: rule 1 of chain OUTPUT in table filter of iptables "
          "names it"));
}

TEST(Prune, OfASetOfOthersOnlyTheAddedMembersGo) {
  State live;
  live.sets = {{.name = "s",
                .type = "hash:net",
                .header = "family inet",
                .members = {"10.0.0.1", "10.0.0.9 nomatch"}}};
  auto was = applied("{ ipsets: { s: { members_include: [10.0.0.1, 10.0.0.2, 10.0.0.3] }}}", live);
  was.state.sets[0].members.emplace_back("10.0.0.4");
  auto now = outlook_on("{ ipsets: {} }", was.state, was.record);
  ASSERT_EQ(now.desired.state.sets.size(), 1);
  EXPECT_THAT(now.desired.state.sets[0].members,
              UnorderedElementsAre("10.0.0.1", "10.0.0.9 nomatch", "10.0.0.4"));
}

TEST(Prune, WithoutARecordNothingGoes) {
  auto was = applied(kSets, State{});
  auto now = outlook_on(kNothing, was.state, Record{});
  EXPECT_EQ(rules_in(now.desired.state, filter_chain("INPUT")).size(), 1);
  EXPECT_EQ(now.desired.state.sets.size(), 2);
}

}  // namespace
}  // namespace pyfw
