#include "wish/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string told_of(const std::string& text) { return told(wishes_from({text})); }

// What stands under filter INPUT.
std::string input(const std::string& chain) {
  return "pyfw_wishes:\n iptables:\n  filter:\n   INPUT:\n" + chain;
}

TEST(ParseWishes, KeepsEveryValueWithItsPlace) {
  auto wishes = wishes_from(
      {input("    default_action: DROP\n    rules:\n    - allow_ssh: -p tcp --dport 22 -j ACCEPT\n"
             "    - '-j LOG'\n    - ~match: LIB\n    - ~rest:\n    - ~absent: old\n")});
  ASSERT_TRUE(wishes) << told(wishes);
  const auto& chain = wishes->chains.at({.family = Family::kIpv4, .table = "filter", .chain = "INPUT"});
  EXPECT_EQ(chain.default_action->text, "DROP");
  EXPECT_EQ(where(chain.default_action->place), "a.yaml:5:21");
  ASSERT_EQ(chain.rules.size(), 5U);
  EXPECT_EQ(chain.rules[0].name.text, "allow_ssh");
  EXPECT_EQ(where(chain.rules[0].text.place), "a.yaml:7:18");
  EXPECT_EQ(where(chain.rules[0].text.part(7, 7)), "a.yaml:7:25");
  EXPECT_EQ(chain.rules[1].kind, RuleWish::Kind::kUnnamed);
  EXPECT_EQ(where(chain.rules[1].text.place), "a.yaml:8:8");
  EXPECT_EQ(chain.rules[2].kind, RuleWish::Kind::kMatch);
  EXPECT_EQ(chain.rules[3].kind, RuleWish::Kind::kRest);
  EXPECT_EQ(chain.rules[4].kind, RuleWish::Kind::kAbsent);
  EXPECT_EQ(chain.rules[4].name.text, "old");
}

TEST(ParseWishes, UnderIp46tablesAChainIsWishedInBothFamilies) {
  auto wishes =
      wishes_from({"pyfw_wishes: { ip46tables: { filter: { INPUT: { rules: [ -j DROP ] } } },\n"
                   "               ip6tables: { filter: { INPUT: { rules: [ -j LOG ] } } } }\n"});
  ASSERT_TRUE(wishes) << told(wishes);
  EXPECT_EQ(wishes->chains.at({.family = Family::kIpv4, .table = "filter", .chain = "INPUT"}).rules.size(),
            1U);
  EXPECT_EQ(wishes->chains.at({.family = Family::kIpv6, .table = "filter", .chain = "INPUT"}).rules.size(),
            2U);
}

TEST(ParseWishes, MisspeltKeysAreErrorsThatKnowWhatWasMeant) {
  EXPECT_EQ(told_of("pyfw_whishes: {}\n"),
            "a.yaml:1:1: unknown key 'pyfw_whishes' | did you mean 'pyfw_wishes'?");
  EXPECT_EQ(told_of("pyfw_wishes:\n iptable: {}\n"),
            "a.yaml:2:2: unknown key 'iptable' | did you mean 'iptables'?");
  EXPECT_EQ(told_of("pyfw_wishes:\n ipsets:\n  s: { memebers_equal: [] }\n"),
            "a.yaml:3:8: unknown key 'memebers_equal' | did you mean 'members_equal'?");
  EXPECT_EQ(told_of(input("    defaultaction: DROP\n")),
            "a.yaml:5:5: unknown key 'defaultaction' | did you mean 'default_action'?");
  EXPECT_EQ(told_of(input("    rules: [ ~mtach: x ]\n")),
            "a.yaml:5:14: unknown directive '~mtach' | did you mean '~match'?");
  EXPECT_THAT(told_of("pyfw_wishes: { iptables: { filtre: {} } }\n"), HasSubstr("did you mean 'filter'?"));
}

TEST(ParseWishes, ChainsThatTheTableLacksAreErrors) {
  EXPECT_THAT(told_of("pyfw_wishes: { iptables: { nat: { FORWARD: {} } } }\n"),
              StartsWith("a.yaml:1:35: table 'nat' has no builtin chain 'FORWARD'"));
  EXPECT_THAT(told_of("pyfw_wishes: { iptables: { filter: { input: {} } } }\n"),
              HasSubstr("did you mean 'INPUT'?"));
  for (const char* name :
       {"'-x'", "'!x'", "'a b'", "ACCEPT", "''", "abcdefghijklmnopqrstuvwxyz012", "\"a\\tb\""})
    EXPECT_THAT(told_of("pyfw_wishes: { iptables: { filter: { " + std::string(name) + ": {} } } }\n"),
                StartsWith("a.yaml:1:"))
        << name;
  EXPECT_EQ(told_of("pyfw_wishes: { iptables: { filter: { abcdefghijklmnopqrstuvwxyz01: {} } } }\n"),
            "no error");
}

TEST(ParseWishes, PoliciesAreOfBuiltinChainsOnly) {
  EXPECT_THAT(
      told_of("pyfw_wishes: { iptables: { filter: { INPT: { default_action: DROP } } } }\n"),
      HasSubstr(
          "user chain 'INPT' can't have a default_action | only builtin chains have a policy; did you mean"));
  EXPECT_THAT(told_of(input("    default_action: REJECT\n")), HasSubstr("'REJECT' is no policy"));
  EXPECT_THAT(told_of(input("    default_action: drop\n")), HasSubstr("did you mean 'DROP'?"));
  EXPECT_THAT(told_of("pyfw_wishes: { iptables: { nat: { INPUT: { default_action: DROP } } } }\n"),
              HasSubstr("no policy DROP in the table nat"));
}

TEST(ParseWishes, AnUnquotedExclamationMarkIsAnErrorThatSaysSo) {
  EXPECT_THAT(told_of(input("    rules:\n    - r: ! -s 10.0.0.0/8 -j DROP\n")),
              StartsWith("a.yaml:6:10: YAML reads this '!'"));
  EXPECT_THAT(told_of(input("    rules:\n    - ! -s 10.0.0.0/8 -j DROP\n")),
              StartsWith("a.yaml:6:7: YAML reads this '!'"));
}

TEST(ParseWishes, ATextThatACommentCutsIsAnError) {
  EXPECT_THAT(told_of(input("    rules:\n    - r: -m comment --comment #1 -j DROP\n")), HasSubstr("' #'"));
  EXPECT_EQ(told_of(input("    rules: # mine\n    - r: -j DROP\n    # - s: -j DROP\n")), "no error");
}

TEST(ParseWishes, RulesHaveTheShapeOfRules) {
  for (const char* rules : {"-j DROP", "{ a: -j DROP }", "[ [ -j DROP ] ]", "[ { a: { b: c } } ]",
                            "[ { a: '', } ]", "[ { a: -j DROP, b: -j DROP } ]", "[ ~rest ]", "[ ~rest: x ]",
                            "[ ~match: '(' ]", "[ ~absent: ]", "[ { '': -j DROP } ]", "[ '' ]", "[ {} ]",
                            "[ { _pyfw_temp_x: -j DROP } ]", "[ { \"a\\u0007\": -j DROP } ]"})
    EXPECT_THAT(told_of(input("    rules: " + std::string(rules) + "\n")), StartsWith("a.yaml:5:")) << rules;
}

TEST(ParseWishes, ANameFitsACommentTogetherWithTheTemporaryPrefix) {
  auto named = [](std::size_t length) {
    return told_of(input("    rules: [ { ? " + std::string(length, 'n') + " : -j DROP } ]\n"));
  };
  EXPECT_EQ(named(244), "no error");
  EXPECT_THAT(named(245), HasSubstr("a name has at most 244"));
}

TEST(ParseWishes, DirectivesHaveNoPlaceUnderRulesEqual) {
  for (const char* directive : {"~rest:", "~match: x", "~absent: x"})
    EXPECT_THAT(told_of(input("    rules_equal:\n    - " + std::string(directive) + "\n")),
                StartsWith("a.yaml:6:7: "));
  EXPECT_THAT(told_of(input("    rules_equal: []\n    rules: []\n")), HasSubstr("a.yaml:5:5"));
}

TEST(ParseWishes, SetsHaveTheShapeOfSets) {
  for (const char* set :
       {"{ type: hash:iq }", "{ options: { maxelm: 1 } }", "{ members_equal: 10.0.0.1 }",
        "{ members_equal: [ { a: b } ] }", "{ options: { comment: perhaps } }",
        "{ options: { maxelem: '1 2' } }", "{ members_equal: [], members_include: [ 10.0.0.1 ] }", "[]"})
    EXPECT_THAT(told_of("pyfw_wishes: { ipsets: { s: " + std::string(set) + " } }\n"),
                StartsWith("a.yaml:1:"))
        << set;
  for (const char* name : {"'-s'", "'a b'", "''", "abcdefghijklmnopqrstuvwxyz012345", "'a\"b'"})
    EXPECT_THAT(told_of("pyfw_wishes: { ipsets: { " + std::string(name) + ": {} } }\n"),
                StartsWith("a.yaml:1:"))
        << name;
}

TEST(ParseWishes, AFileWithoutWishesIsAnError) {
  for (const char* text : {"", "# nothing\n", "[]", "x", "pyfw_wishes: []\n"})
    EXPECT_NE(told_of(text), "no error") << text;
  EXPECT_EQ(told_of("pyfw_wishes:\n"), "no error");
}

TEST(ParseWishes, VariablesHaveNamesAndPlainValues) {
  EXPECT_THAT(told_of("pyfw_wishes: { vars: { 'a b': x } }\n"), HasSubstr("can't be the name of a variable"));
  EXPECT_THAT(told_of("pyfw_wishes: { vars: { a: '${b}' } }\n"), HasSubstr("other variables"));
  EXPECT_THAT(told_of("pyfw_wishes: { vars: { a: [] } }\n"), StartsWith("a.yaml:1:"));
}

// --- several files -------------------------------------------------------------------------------------

std::string merged(const std::string& a, const std::string& b) { return told(wishes_from({a, b})); }

TEST(MergeWishes, RulesOfOneChainFollowEachOther) {
  auto wishes = wishes_from({input("    rules: [ a: -j ACCEPT, b: -j DROP ]\n"),
                             input("    rules: [ a: -j ACCEPT, c: -j LOG ]\n")});
  ASSERT_TRUE(wishes) << told(wishes);
  const auto& rules = wishes->chains.begin()->second.rules;
  ASSERT_EQ(rules.size(), 3U);  // the same wish twice is one
  EXPECT_EQ(rules[2].name.text, "c");
}

TEST(MergeWishes, ContradictionsNameBothPlaces) {
  struct Pair {
    std::string a;
    std::string b;
  };
  auto set = [](const std::string& fields) { return "pyfw_wishes: { ipsets: { s: " + fields + " } }\n"; };
  for (const auto& [a, b] : std::initializer_list<Pair>{
           {input("    default_action: DROP\n"), input("    default_action: ACCEPT\n")},
           {input("    rules: [ a: -j DROP ]\n"), input("    rules: [ a: -j LOG ]\n")},
           {input("    rules: [ a: -j DROP ]\n"), input("    rules: [ ~absent: a ]\n")},
           {input("    rules: [ ~rest: ]\n"), input("    rules: [ ~rest: ]\n")},
           {input("    rules: [ a: -j DROP ]\n"), input("    rules_equal: [ b: -j LOG ]\n")},
           {input("    rules_equal: [ a: -j DROP ]\n"), input("    rules_equal: [ b: -j LOG ]\n")},
           {"pyfw_wishes: { vars: { v: x } }\n", "pyfw_wishes: { vars: { v: y } }\n"},
           {set("{ type: hash:ip }"), set("{ type: hash:net }")},
           {set("{ options: { maxelem: 1 } }"), set("{ options: { maxelem: 2 } }")},
           {set("{ members_equal: [ 10.0.0.1 ] }"), set("{ members_equal: [ 10.0.0.2 ] }")},
           {set("{ members_equal: [ 10.0.0.1 ] }"), set("{ members_include: [ 10.0.0.2 ] }")},
           {set("{ members_include: [ 10.0.0.1 ] }"), set("{ members_equal: [] }")}}) {
    EXPECT_THAT(merged(a, b), StartsWith("b.yaml:")) << a << b;
    EXPECT_THAT(merged(a, b), HasSubstr("a.yaml:")) << a << b;
  }
}

TEST(MergeWishes, WhatAgreesIsFine) {
  EXPECT_EQ(
      merged(input("    default_action: DROP\n    rules: [ ~rest: ]\n"), input("    default_action: DROP\n")),
      "no error");
  EXPECT_EQ(merged("pyfw_wishes: { vars: { v: x } }\n", "pyfw_wishes: { vars: { v: x } }\n"), "no error");
  auto wishes = wishes_from(
      {"pyfw_wishes: { ipsets: { s: { type: hash:ip, members_include: [ 10.0.0.1 ] } } }\n",
       "pyfw_wishes: { ipsets: { s: { options: { maxelem: 9 }, members_include: [ 10.0.0.2 ] } } }\n"});
  ASSERT_TRUE(wishes) << told(wishes);
  EXPECT_EQ(wishes->sets.at("s").members_include.size(), 2U);
  EXPECT_EQ(wishes->sets.at("s").options.at("maxelem").text, "9");
}

TEST(ParseWishesAgain, FindsTheMembersOfEachFileBehindIt) {
  auto once =
      wishes_from({"pyfw_wishes: { ipsets: { s: { type: hash:ip, members_file: one }, t: { type: hash:ip, "
                   "members_file: two } } }\n",
                   "pyfw_wishes: { ipsets: { u: { type: hash:ip, members_file: three } } }\n",
                   input("    rules: [ -j DROP ]\n")});
  ASSERT_TRUE(once) << told(once);
  auto again = parse_wishes_again(once->files);
  ASSERT_TRUE(again) << told(again);
  EXPECT_EQ(again->files, once->files);
  EXPECT_EQ(again->chains.size(), 1U);
  ASSERT_EQ(again->sets.size(), 3U);
  ASSERT_EQ(again->sets.at("u").members_equal->size(), 2U);
  EXPECT_EQ(where(again->sets.at("u").members_equal->at(1).place), "three:4:1");

  EXPECT_EQ(told(parse_wishes_again({once->files[0], once->files[1]})),
            "a.yaml:1:101: the members of this file were not kept | ");
}

TEST(MergeWishes, InOneFileANameStandsOnce) {
  EXPECT_THAT(told_of(input("    rules: [ a: -j DROP, a: -j DROP ]\n")),
              HasSubstr("'a' stands here a second time"));
  EXPECT_THAT(told_of(input("    rules: [ ~rest: , ~rest: ]\n")),
              HasSubstr("~rest stands here a second time"));
}

}  // namespace
}  // namespace pyfw
