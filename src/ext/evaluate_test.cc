#include "ext/evaluate.h"

#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

TEST(Matches, ARuleWithoutConditionsTakesEveryPacket) {
  EXPECT_EQ(answer_of_rule("", web_request()), Answer::kYes);
  EXPECT_EQ(answer_of_rule("-j ACCEPT", web_request6()), Answer::kYes);
}

TEST(Matches, EachConditionMustHold) {
  EXPECT_EQ(answer_of_rule("-s 192.0.2.0/24 -p tcp -m tcp --dport 80 -j DROP", web_request()), Answer::kYes);
  EXPECT_EQ(answer_of_rule("-s 192.0.2.0/24 -p tcp -m tcp --dport 81 -j DROP", web_request()), Answer::kNo);
  EXPECT_EQ(answer_of_rule("-s 10.0.0.0/8 -p tcp -m tcp --dport 80 -j DROP", web_request()), Answer::kNo);
}

TEST(Matches, WhatCannotBeToldIsNamedAsItStandsInTheRule) {
  auto rule =
      compile(Rule{"-p tcp -m comment --comment \"a b\" -m limit --limit 3/min -j ACCEPT"}, Family::kIpv4);
  auto found = matches(rule, web_request(), SurroundingsForTests());
  EXPECT_EQ(found.answer, Answer::kDepends);
  EXPECT_EQ(found.on, "-m limit --limit 3/min");
  EXPECT_EQ(found.reason, "how many packets came before");
}

TEST(Matches, WhatCannotBeToldDoesNotMatterWhereAnotherConditionFails) {
  EXPECT_EQ(answer_of_rule("-m limit --limit 3/min -m mark --mark 5 -j ACCEPT", web_request()), Answer::kNo);
  EXPECT_EQ(answer_of_rule("-p udp -m string --string x --algo bm", web_request()), Answer::kNo);
}

TEST(Matches, AnExtensionOrOptionThatNobodyKnowsIsNeverGuessed) {
  for (const char* text :
       {"-m geoip --source-country DE", "-p tcp -m tcp --dport http-alt-alt", "-m ttl --ttl-about 5",
        "-p nonsense -j ACCEPT", "-s host.example", "-m icmp6 --icmpv6-type 128"})
    EXPECT_EQ(answer_of_rule(text, web_request()), Answer::kDepends) << text;
  auto rule = compile(Rule{"-s host.example -j ACCEPT"}, Family::kIpv4);
  EXPECT_EQ(matches(rule, web_request(), SurroundingsForTests()).on, "-s host.example");
}

TEST(Compile, ReadsRulesAsAPersonWritesThem) {
  EXPECT_EQ(answer_of_rule("-p tcp --dport 80 -j ACCEPT", web_request()), Answer::kYes);
  EXPECT_EQ(answer_of_rule("--protocol tcp ! --dport 80 --jump ACCEPT", web_request()), Answer::kNo);
  EXPECT_EQ(answer_of_rule("-m comment --comment \"-s 10.0.0.1\" -s 192.0.2.1 -j ACCEPT", web_request()),
            Answer::kYes);
}

TEST(Compile, SurvivesRulesThatEndTooEarly) {
  for (const char* text : {"!", "-m", "-j", "-s", "-m tcp --dport", "! -m", "-p tcp !", "-m set --match-set",
                           "-m set --match-set x", "-m comment --comment", "-g", "-m multiport --ports", "--",
                           "-j DNAT --to-destination", "-j MARK --set-xmark", "-m conntrack --ctstate"})
    for (auto family : kFamilies) compile(Rule{text}, family);
}

}  // namespace
}  // namespace pyfw
