#include "wish/written.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Facts facts() {
  return {.interfaces = {},
          .routes = {{.destination = *Prefix::parse("0.0.0.0/0"), .gateway = {}, .interface = "eth0"}}};
}

State live() {
  auto state = state_with({"-j user"});
  ensure_chain(state.iptables, "filter", "user");
  state.sets = {{.name = "known", .type = "hash:ip"},
                {.name = "known6", .type = "hash:ip", .header = "family inet6"}};
  return state;
}

// The text of the one rule of INPUT, or its error.
std::string written(const std::string& rule, const std::string& more = "") {
  auto wishes = wishes_from(
      {"pyfw_wishes:\n" + more + " iptables:\n  filter:\n   INPUT:\n    rules:\n    - " + rule + "\n"});
  if (!wishes) return told(wishes);
  auto host = facts();
  auto rules = write_rules(*wishes, {.facts = host});
  if (!rules) return told(rules);
  auto referred = check_references(*wishes, *rules, live());
  if (!referred) return told(referred);
  return rules->begin()->second[0].rule.text;
}

TEST(WriteRules, TheNameIsACommentJustBeforeTheTarget) {
  EXPECT_EQ(written("a: -p tcp --dport 22 -j ACCEPT"), "-p tcp --dport 22 -m comment --comment a -j ACCEPT");
  EXPECT_EQ(written("'a b': -j LOG --log-prefix 'x y'"),
            "-m comment --comment \"a b\" -j LOG --log-prefix \"x y\"");
  EXPECT_EQ(written("a: -j ACCEPT -m comment --comment a"), "-j ACCEPT -m comment --comment a");
  EXPECT_EQ(written("-i eth0 -g user"), "-i eth0 -g user");
}

TEST(WriteRules, AnotherCommentThanTheNameIsRefused) {
  EXPECT_THAT(written("a: -m comment --comment b -j ACCEPT"), HasSubstr("must be its name"));
  EXPECT_THAT(written("'-m comment --comment _pyfw_temp_x -j ACCEPT'"), HasSubstr("pyfw's own"));
  EXPECT_THAT(written("'-m comment --comment " + std::string(256, 'x') + " -j ACCEPT'"),
              HasSubstr("at most 255 bytes"));
  EXPECT_EQ(written("-m comment --comment " + std::string(255, 'x') + " -j ACCEPT").size(), 255U + 21 + 10);
}

TEST(WriteRules, ARuleNeedsATarget) {
  EXPECT_THAT(written("a: -i eth0"), HasSubstr("this rule has no target"));
}

TEST(WriteRules, AnOpenQuoteIsAnErrorAtItsPlace) {
  EXPECT_THAT(written("a: -m comment --comment \"x -j DROP"),
              StartsWith("a.yaml:6:31: this quote is never closed"));
}

TEST(WriteRules, ErrorsPointAtTheWord) {
  EXPECT_THAT(written("a: -s 10.0.0.1 -t nat -j DROP"), StartsWith("a.yaml:6:22: "));
  EXPECT_THAT(written("'ü': -s localhost -j DROP"), StartsWith("a.yaml:6:15: 'localhost' is no address"));
}

TEST(CheckReferences, TargetsMustBeThereAndMayBeJumpedTo) {
  EXPECT_EQ(written("-j user"), "-j user");
  EXPECT_EQ(written("-j mine", " ip46tables: { filter: { mine: { rules: [] } } }\n").substr(0, 7), "-j mine");
  EXPECT_THAT(written("a: -j ACEPT"), HasSubstr("did you mean 'ACCEPT'?"));
  EXPECT_THAT(written("a: -j usr"), HasSubstr("did you mean 'user'?"));
  EXPECT_THAT(written("a: -j FORWARD"), HasSubstr("is a builtin chain"));
  EXPECT_THAT(written("a: -j INPUT"), HasSubstr("builtin chain"));
}

TEST(CheckReferences, SetsMustBeThereAndOfTheFamily) {
  EXPECT_EQ(written("-m set --match-set known src -j DROP"), "-m set --match-set known src -j DROP");
  EXPECT_THAT(written("a: -m set --match-set knwon src -j DROP"),
              StartsWith("a.yaml:6:29: no set is called 'knwon' | did you mean 'known'?"));
  EXPECT_THAT(written("a: -m set --match-set known6 src -j DROP"), HasSubstr("holds addresses of IPv6"));
  EXPECT_EQ(written("-m set --match-set new src -j DROP", " ipsets: { new: { type: hash:ip } }\n"),
            "-m set --match-set new src -j DROP");
  EXPECT_THAT(written("-m set --match-set new src -j DROP",
                      " ipsets: { new: { type: hash:ip, options: { family: inet6 } } }\n"),
              HasSubstr("IPv6"));
}

TEST(Variables, StandForOneWordEachWhateverTheyHold) {
  EXPECT_EQ(written("-s ${office} -i ${external_interface} -j DROP", " vars: { office: 203.0.113.0/24 }\n"),
            "-s 203.0.113.0/24 -i eth0 -j DROP");
  EXPECT_EQ(written("-m comment --comment ${v} -j DROP", " vars: { v: x -t nat }\n"),
            "-m comment --comment \"x -t nat\" -j DROP");
  EXPECT_EQ(written("-s ${a}/${n} -j DROP", " vars: { a: 10.0.0.0, n: '8' }\n"), "-s 10.0.0.0/8 -j DROP");
  EXPECT_THAT(written("a: ${v} -j DROP", " vars: { v: -t nat }\n"), HasSubstr("can't carry"));
  EXPECT_THAT(written("a: -i ${v} -j DROP", " vars: { v: -t }\n"), HasSubstr("looks like an option"));
}

TEST(Variables, UnknownAndOpenOnesAreErrorsAtTheirPlace) {
  EXPECT_THAT(written("a: -s ${offise} -j DROP", " vars: { office: 10.0.0.1 }\n"),
              StartsWith("a.yaml:7:13: unknown variable 'offise' | did you mean 'office'?"));
  EXPECT_THAT(written("a: -s ${office -j DROP"), HasSubstr("never closed"));
}

TEST(Variables, TheExternalInterfaceIsThatOfTheFamilyAndVarsGoBeforeIt) {
  EXPECT_EQ(written("-i ${external_interface} -j DROP"), "-i eth0 -j DROP");
  EXPECT_EQ(written("-i ${external_interface} -j DROP", " vars: { external_interface: ppp0 }\n"),
            "-i ppp0 -j DROP");
  EXPECT_EQ(written("-m comment --comment $x$ -j DROP"), "-m comment --comment \"$x$\" -j DROP");
}

TEST(CheckReferences, EightTimesAsManyChainsTakeNotSixtyFourTimesAsLong) {
  auto seconds_for = [](int chains) {
    State state;
    WrittenRules written;
    ensure_chain(state.iptables, "filter", "to");
    for (int i = 0; i < chains; ++i) {
      auto name = "c" + std::to_string(i);
      ensure_chain(state.iptables, "filter", name);
      written[{Family::kIpv4, "filter", name}].push_back(
          {.rule = {"-j to"}, .target = {.text = "to", .place = {}}});
    }
    auto start = std::clock();
    EXPECT_TRUE(check_references({}, written, state));
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  };
  EXPECT_LT(seconds_for(4000), 24 * seconds_for(500) + 0.5);
}

}  // namespace
}  // namespace pyfw
