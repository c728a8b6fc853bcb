#include "wish/resolve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A foreign rule, and a rule as a wish of that name would leave it.
std::string foreign(const std::string& mark) { return "-i " + mark + " -j ACCEPT"; }
std::string named(const std::string& name, const std::string& target = "ACCEPT") {
  return "-m comment --comment " + name + " -j " + target;
}

// The desired rules of the chain; foreign ones with a star.
std::vector<std::string> desired(const std::string& wishes, const std::vector<std::string>& live,
                                 Claims claims = Claims::kNames) {
  auto result = resolved(wishes_from({wishes}), state_with(live), claims);
  if (!result) return {told(result)};
  std::vector<std::string> out;
  const auto& flags =
      result->desired.foreign.at({.family = Family::kIpv4, .table = "filter", .chain = "INPUT"});
  const auto& rules = find_chain(result->desired.state.iptables, "filter", "INPUT")->rules;
  for (std::size_t i = 0; i < rules.size(); ++i) out.push_back((flags.at(i) ? "*" : "") + rules[i].text);
  return out;
}

TEST(Resolve, WishesComeFirstAndForeignRulesFollowInTheirOrder) {
  EXPECT_THAT(desired(chain_wishes("a: -j ACCEPT, b: -j DROP"), {foreign("x"), foreign("y")}),
              ElementsAre(named("a"), named("b", "DROP"), "*" + foreign("x"), "*" + foreign("y")));
}

TEST(Resolve, ANamedWishClaimsEveryRuleThatBearsItsName) {
  EXPECT_THAT(desired(chain_wishes("a: -j ACCEPT"), {foreign("x"), named("a", "DROP"), named("a"),
                                                     "-s 10.0.0.1/32 " + named("a"), named("ab")}),
              ElementsAre(named("a"), "*" + foreign("x"), "*" + named("ab")));
}

TEST(Resolve, ANameIsTheWholeComment) {
  EXPECT_THAT(desired(chain_wishes("'a b': -j ACCEPT"), {"-m comment --comment \"a b\" -j DROP", named("a")}),
              ElementsAre("-m comment --comment \"a b\" -j ACCEPT", "*" + named("a")));
}

TEST(Resolve, ARuleOfTheSameTextWithoutNameIsForeignUnlessItIsToBeTakenOver) {
  auto wishes = chain_wishes("a: -j ACCEPT, b: -j DROP, -j RETURN");
  std::vector<std::string> live = {"-j RETURN", foreign("x"),       "-j ACCEPT",
                                   "-j ACCEPT", named("b", "DROP"), "-j DROP"};
  EXPECT_THAT(desired(wishes, live), ElementsAre(named("a"), named("b", "DROP"), "-j RETURN",
                                                 "*" + foreign("x"), "*-j ACCEPT", "*-j ACCEPT", "*-j DROP"));
  // The wish `b` has its rule already.
  EXPECT_THAT(desired(wishes, live, Claims::kNamesAndSameText),
              ElementsAre(named("a"), named("b", "DROP"), "-j RETURN", "*" + foreign("x"), "*-j DROP"));
}

TEST(Resolve, NamesAreOfTheirChainOnly) {
  auto live = state_with({});
  ensure_chain(live.iptables, "filter", "FORWARD").rules.push_back(Rule{named("a", "DROP")});
  auto result = resolved(wishes_from({chain_wishes("a: -j ACCEPT")}), live);
  ASSERT_TRUE(result);
  EXPECT_THAT(find_chain(result->desired.state.iptables, "filter", "FORWARD")->rules,
              ElementsAre(Rule{named("a", "DROP")}));
}

TEST(Resolve, AMatchBringsItsRulesToItsPlaceInTheirOrder) {
  EXPECT_THAT(desired(chain_wishes("a: -j ACCEPT, ~match: 'virbr[0-9]', b: -j DROP"),
                      {foreign("x"), foreign("virbr1"), foreign("y"), foreign("virbr0")}),
              ElementsAre(named("a"), foreign("virbr1"), foreign("virbr0"), named("b", "DROP"),
                          "*" + foreign("x"), "*" + foreign("y")));
}

TEST(Resolve, WhatAMatchMovesIsNoted) {
  auto result = resolved(wishes_from({chain_wishes("a: -j ACCEPT, ~match: virbr, ~rest: ")}),
                         state_with({foreign("x"), named("a"), foreign("virbr1")}));
  ASSERT_TRUE(result);
  ChainId input{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"};
  EXPECT_EQ(result->desired.matched, (MatchedTexts{{input, {foreign("virbr1")}}}));
}

TEST(Resolve, AMatchIsSearchedInTheSavedTextWithoutItsChain) {
  EXPECT_THAT(desired(chain_wishes("~match: '^-i x -j ACCEPT$'"), {foreign("y"), foreign("x")}),
              ElementsAre(foreign("x"), "*" + foreign("y")));
  EXPECT_THAT(desired(chain_wishes("~match: 'INPUT'"), {foreign("x")}), ElementsAre("*" + foreign("x")));
}

TEST(Resolve, AMatchTakesNothingThatAWishOrAnEarlierMatchClaimed) {
  EXPECT_THAT(desired(chain_wishes("~match: ACCEPT, ~match: '-i', a: -j ACCEPT, -i z -j ACCEPT"),
                      {named("a"), foreign("x"), "-i y -j DROP", "-i z -j ACCEPT"}),
              ElementsAre(foreign("x"), "-i y -j DROP", named("a"), "-i z -j ACCEPT"));
}

TEST(Resolve, RestIsThePlaceOfAllOthers) {
  EXPECT_THAT(desired(chain_wishes("a: -j ACCEPT, ~rest: , b: -j DROP"),
                      {foreign("x"), named("b", "DROP"), foreign("y")}),
              ElementsAre(named("a"), "*" + foreign("x"), "*" + foreign("y"), named("b", "DROP")));
}

TEST(Resolve, AbsentRulesGoAndNoneThereIsFine) {
  EXPECT_THAT(desired(chain_wishes("~absent: a"), {named("a"), foreign("x"), named("a", "DROP")}),
              ElementsAre("*" + foreign("x")));
  EXPECT_THAT(desired(chain_wishes("~absent: a"), {foreign("x")}), ElementsAre("*" + foreign("x")));
}

TEST(Resolve, ABareTextClaimsRulesOfItsTextAndNoOthers) {
  EXPECT_THAT(desired(chain_wishes("-i x -j ACCEPT"), {foreign("y"), foreign("x"), "-i x -j DROP"}),
              ElementsAre(foreign("x"), "*" + foreign("y"), "*-i x -j DROP"));
  EXPECT_THAT(desired(chain_wishes("'-j LOG --log-prefix x'"), {foreign("y"), "-j LOG --log-prefix \"x\""}),
              ElementsAre("-j LOG --log-prefix x", "*" + foreign("y")));
}

TEST(Resolve, ExactRulesLeaveNoOthers) {
  EXPECT_THAT(
      desired(chain_wishes("a: -j ACCEPT, -j DROP", "rules_equal"), {foreign("x"), named("a"), named("b")}),
      ElementsAre(named("a"), "-j DROP"));
  EXPECT_THAT(desired(chain_wishes("", "rules_equal"), {foreign("x")}), IsEmpty());
}

TEST(Resolve, ATemporaryRuleIsDesiredNowhere) {
  auto left = "-m comment --comment _pyfw_temp_a -j ACCEPT";
  EXPECT_THAT(desired(chain_wishes("a: -j ACCEPT, ~match: ACCEPT"), {left, named("a"), left}),
              ElementsAre(named("a")));
  auto live = state_with({foreign("x"), left});
  auto result = resolved(wishes_from({"pyfw_wishes: {}"}), live);
  ASSERT_TRUE(result);
  EXPECT_THAT(find_chain(result->desired.state.iptables, "filter", "INPUT")->rules,
              ElementsAre(Rule{foreign("x")}));
}

TEST(Resolve, WhatIsFulfilledStaysAsItIs) {
  std::vector<std::string> live = {foreign("virbr0"), named("a"), foreign("x"), named("b", "DROP")};
  auto wishes = chain_wishes("~match: virbr, a: -j ACCEPT, ~rest: , b: -j DROP");
  auto once = resolved(wishes_from({wishes}), state_with(live));
  ASSERT_TRUE(once) << told(once);
  EXPECT_EQ(once->desired.state, state_with(live));
}

TEST(Resolve, PoliciesAndNewChainsAreDesired) {
  auto result = resolved(wishes_from({"pyfw_wishes: { ip46tables: { filter: {\n"
                                      "  INPUT: { default_action: DROP, rules: [ -j mine ] },\n"
                                      "  mine: { rules: [ a: -j ACCEPT ] } } } }\n"}),
                         State{});
  ASSERT_TRUE(result) << told(result);
  for (auto family : kFamilies) {
    const auto& ruleset = ruleset_of(result->desired.state, family);
    EXPECT_EQ(find_chain(ruleset, "filter", "INPUT")->policy, "DROP");
    EXPECT_EQ(find_chain(ruleset, "filter", "FORWARD")->policy, "ACCEPT");
    EXPECT_FALSE(find_chain(ruleset, "filter", "mine")->policy);
  }
  EXPECT_THAT(result->warnings, IsEmpty());
}

TEST(Resolve, AUserChainThatNothingJumpsToIsAWarning) {
  State live;
  ensure_chain(live.iptables, "filter", "DOCKER-USER");
  ensure_chain(live.iptables, "filter", "FORWARD").rules.push_back(Rule{"-j DOCKER-USER"});
  auto result = resolved(
      wishes_from({"pyfw_wishes:\n iptables:\n  filter:\n   DOCKER-USR: { rules: [ -j DROP ] }\n"}), live);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->warnings.size(), 1U);
  EXPECT_EQ(where(*result->warnings[0].place), "a.yaml:4:4");
  EXPECT_THAT(result->warnings[0].hint, HasSubstr("DOCKER-USER"));
}

}  // namespace
}  // namespace pyfw
