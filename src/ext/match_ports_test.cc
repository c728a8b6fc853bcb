#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;
constexpr auto kDepends = Answer::kDepends;

TEST(MatchTcp, Ports) {
  expect_answers(web_request(), {
                                    {"-p tcp -m tcp --dport 80", kYes},
                                    {"-p tcp -m tcp --dport 81", kNo},
                                    {"-p tcp -m tcp ! --dport 81", kYes},
                                    {"-p tcp -m tcp ! --dport 80", kNo},
                                    {"-p tcp -m tcp --dport 79:81", kYes},
                                    {"-p tcp -m tcp ! --dport 79:81", kNo},
                                    {"-p tcp -m tcp --sport 1024:65535 --dport 80", kYes},
                                    {"-p tcp -m tcp --sport 0:1023 --dport 80", kNo},
                                    {"-p udp -m udp --dport 80", kNo},
                                });
}

TEST(MatchTcp, Flags) {
  expect_answers(web_request(), {
                                    {"-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", kYes},
                                    {"-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN", kNo},
                                    {"-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK", kNo},
                                    {"-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE", kNo},
                                    {"-p tcp -m tcp --tcp-flags FIN NONE", kYes},
                                    {"-p tcp -m tcp --tcp-flags ALL SYN", kYes},
                                    {"-p tcp -m tcp --syn", kYes},
                                    {"-p tcp -m tcp ! --syn", kNo},
                                });
  auto answer = web_request();
  answer.packet.tcp_flags = kSyn | kAck;
  expect_answers(answer, {{"-p tcp -m tcp --syn", kNo},
                          {"-p tcp -m tcp ! --syn", kYes},
                          {"-p tcp -m tcp --tcp-flags SYN SYN", kYes}});
}

TEST(MatchTcp, Options) {
  auto with_mss = web_request();
  with_mss.packet.tcp_option_kinds = 1U << 2;
  expect_answers(with_mss, {{"-p tcp -m tcp --tcp-option 2", kYes},
                            {"-p tcp -m tcp ! --tcp-option 2", kNo},
                            {"-p tcp -m tcp --tcp-option 3", kNo},
                            {"-p tcp -m tcp ! --tcp-option 3", kYes},
                            {"-p tcp -m tcp --tcp-option 8", kDepends}});
}

TEST(MatchTcp, AFragmentHasNoPortsNorFlags) {
  auto fragment = web_request();
  fragment.packet.is_fragment = true;
  expect_answers(fragment, {{"-p tcp", kYes},
                            {"-p tcp -m tcp --dport 80", kNo},
                            {"-p tcp -m tcp ! --dport 81", kNo},
                            {"-p tcp -m tcp ! --syn", kNo},
                            {"-p tcp -m multiport --dports 80", kNo},
                            {"-p tcp -m multiport ! --ports 5", kNo}});
}

TEST(MatchUdp, PortsOfAllThatHaveSome) {
  auto datagram = web_request();
  datagram.packet.destination_port = 53;
  for (auto [protocol, name] :
       {std::pair{kUdp, "udp"}, {kUdplite, "udplite"}, {kSctp, "sctp"}, {kDccp, "dccp"}}) {
    datagram.packet.protocol = protocol;
    std::string prefix = std::string("-p ") + name + " -m " + name;
    EXPECT_EQ(answer_of_rule(prefix + " --dport 53", datagram), kYes) << name;
    EXPECT_EQ(answer_of_rule(prefix + " --sport 50000 ! --dport 53", datagram), kNo) << name;
    EXPECT_EQ(answer_of_rule(prefix + " --sport 1:65535 ! --dport 54", datagram), kYes) << name;
  }
}

TEST(MatchSctp, ChunksAndTypesAreNotKnown) {
  auto packet = web_request();
  packet.packet.protocol = kSctp;
  expect_answers(packet, {{"-p sctp -m sctp --chunk-types any DATA:uBE,INIT", kDepends},
                          {"-p sctp -m sctp --dport 81 --chunk-types any DATA", kNo},
                          {"-p dccp -m dccp --dccp-types REQUEST", kNo}});
  packet.packet.protocol = kDccp;
  expect_answers(packet, {{"-p dccp -m dccp --dccp-types REQUEST", kDepends}});
}

TEST(MatchMultiport, EitherSideOrBoth) {
  expect_answers(web_request(), {
                                    {"-p tcp -m multiport --dports 22,80,443", kYes},
                                    {"-p tcp -m multiport --dports 22,443", kNo},
                                    {"-p tcp -m multiport ! --dports 22,443", kYes},
                                    {"-p tcp -m multiport ! --dports 22,80", kNo},
                                    {"-p tcp -m multiport --sports 53,1024:65535", kYes},
                                    {"-p tcp -m multiport --sports 53", kNo},
                                    {"-p tcp -m multiport --ports 80", kYes},
                                    {"-p tcp -m multiport --ports 50000", kYes},
                                    {"-p tcp -m multiport --ports 22,443", kNo},
                                    {"-p tcp -m multiport ! --ports 50000", kNo},
                                    {"-p tcp -m multiport ! --ports 22,443", kYes},
                                });
}

}  // namespace
}  // namespace pyfw
