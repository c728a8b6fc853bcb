#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;

TEST(MatchLength, Ranges) {
  auto packet = web_request();
  packet.packet.length = 1000;
  expect_answers(packet, {{"-m length --length 1000:1500", kYes},
                          {"-m length --length 1000", kYes},
                          {"-m length --length 0:999", kNo},
                          {"-m length ! --length 64", kYes},
                          {"-m length ! --length 1000", kNo}});
}

TEST(MatchTtlAndHl, FourWaysToAsk) {
  for (auto [packet, name] : {std::pair{web_request(), std::string("-m ttl --ttl-")},
                              {web_request6(), std::string("-m hl --hl-")}}) {
    packet.packet.ttl = 5;
    auto ask = [&, &seen = packet](const char* option) { return answer_of_rule(name + option, seen); };
    EXPECT_EQ(ask("eq 5"), kYes) << name;
    EXPECT_EQ(ask("eq 6"), kNo) << name;
    EXPECT_EQ(ask("lt 6"), kYes) << name;
    EXPECT_EQ(ask("lt 5"), kNo) << name;
    EXPECT_EQ(ask("lt 0"), kNo) << name;
    EXPECT_EQ(ask("gt 4"), kYes) << name;
    EXPECT_EQ(ask("gt 5"), kNo) << name;
  }
  auto packet = web_request();
  expect_answers(packet, {{"-m ttl ! --ttl-eq 64", kNo}, {"-m ttl ! --ttl-eq 0", kYes}});
}

TEST(MatchTosDscpAndEcn, ShareAByte) {
  auto packet = web_request();
  packet.packet.tos = 0xb9;  // DSCP 0x2e, ECT(1)
  expect_answers(packet, {
                             {"-m tos --tos 0xb9", kYes},
                             {"-m tos --tos 0x38/0x3c", kYes},
                             {"-m tos --tos 0x10/0x3f", kNo},
                             {"-m tos ! --tos 0x10/0x3f", kYes},
                             {"-m dscp --dscp 0x2e", kYes},
                             {"-m dscp --dscp 0x2f", kNo},
                             {"-m dscp ! --dscp 0x00", kYes},
                             {"-m ecn --ecn-ip-ect 1", kYes},
                             {"-m ecn --ecn-ip-ect 2", kNo},
                             {"-m ecn ! --ecn-ip-ect 1", kNo},
                         });
}

TEST(MatchEcn, FlagsOfTcp) {
  auto packet = web_request();
  packet.packet.tcp_flags = 0x40 | kAck;
  expect_answers(packet, {{"-p tcp -m ecn --ecn-tcp-ece", kYes},
                          {"-p tcp -m ecn ! --ecn-tcp-ece", kNo},
                          {"-p tcp -m ecn --ecn-tcp-cwr", kNo},
                          {"-p tcp -m ecn --ecn-tcp-ece ! --ecn-tcp-cwr", kYes}});
}

}  // namespace
}  // namespace pyfw
