#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;
constexpr auto kDepends = Answer::kDepends;

TEST(MatchExtensionHeaders, APlainPacketHasNone) {
  expect_answers(web_request6(), {
                                     {"-m frag --fragid 1:42 --fragfirst", kNo},
                                     {"-m frag ! --fragid 1", kNo},
                                     {"-m hbh --hbh-len 128", kNo},
                                     {"-m hbh ! --hbh-len 128", kNo},
                                     {"-m dst --dst-len 12 --dst-opts 149:92", kNo},
                                     {"-m rt ! --rt-type 1", kNo},
                                     {"-m srh --srh-next-hdr 17", kNo},
                                     {"-p mobility-header -m mh --mh-type 1:3", kNo},
                                 });
}

TEST(MatchExtensionHeaders, OfAFragmentNobodyKnowsWhatTheyAre) {
  auto fragment = web_request6();
  fragment.packet.is_fragment = true;
  expect_answers(fragment, {{"-m frag --fragid 1:42", kDepends}, {"-m ipv6header --header frag", kDepends}});
}

TEST(MatchIpv6header, APlainPacketHasThatOfItsProtocolOnly) {
  expect_answers(web_request6(), {
                                     {"-m ipv6header --header hop-by-hop,ipv6-opts --soft", kNo},
                                     {"-m ipv6header ! --header ipv6-frag", kYes},
                                     {"-m ipv6header --header ipv6-frag", kNo},
                                     {"-m ipv6header --header prot", kYes},
                                     {"-m ipv6header --header protocol", kYes},
                                     {"-m ipv6header ! --header prot", kNo},
                                     {"-m ipv6header --header prot --soft", kYes},
                                     {"-m ipv6header ! --header ipv6-frag --soft", kYes},
                                     {"-m ipv6header ! --header prot --soft", kNo},
                                 });
}

TEST(MatchEui64, TheSourceIsMadeOfItsMac) {
  auto packet = web_request6();
  packet.packet.source = ip("fe80::4001:2ff:fe03:405");
  expect_answers(packet, {{"-m eui64", kDepends}});
  packet.packet.source_mac = Mac{0x42, 0x01, 0x02, 0x03, 0x04, 0x05};
  expect_answers(packet, {{"-m eui64", kYes}});
  packet.packet.source = ip("fe80::1");
  expect_answers(packet, {{"-m eui64", kNo}});
}

}  // namespace
}  // namespace pyfw
