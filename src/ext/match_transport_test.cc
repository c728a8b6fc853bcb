#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;
constexpr auto kDepends = Answer::kDepends;

Encounter icmp(Encounter encounter, std::uint8_t protocol, std::uint8_t type, std::uint8_t code) {
  encounter.packet.protocol = protocol;
  encounter.packet.icmp_type = type;
  encounter.packet.icmp_code = code;
  return encounter;
}

TEST(MatchIcmp, TypesAndCodes) {
  expect_answers(icmp(web_request(), kIcmp, 3, 4), {
                                                       {"-p icmp -m icmp --icmp-type 3", kYes},
                                                       {"-p icmp -m icmp --icmp-type 3/4", kYes},
                                                       {"-p icmp -m icmp --icmp-type 3/3", kNo},
                                                       {"-p icmp -m icmp ! --icmp-type 3/3", kYes},
                                                       {"-p icmp -m icmp ! --icmp-type 3/4", kNo},
                                                       {"-p icmp -m icmp --icmp-type 8", kNo},
                                                       {"-p icmp -m icmp --icmp-type any", kYes},
                                                   });
  expect_answers(web_request(), {{"-p icmp -m icmp --icmp-type any", kNo}});
}

TEST(MatchIcmp6, TypesAndCodes) {
  expect_answers(icmp(web_request6(), kIcmp6, 128, 0),
                 {
                     {"-p ipv6-icmp -m icmp6 --icmpv6-type 128", kYes},
                     {"-p ipv6-icmp -m icmp6 --icmpv6-type 128/1", kNo},
                     {"-p ipv6-icmp -m icmp6 ! --icmpv6-type 1/4", kYes},
                     {"-p ipv6-icmp -m icmp6 --icmpv6-type 134", kNo},
                 });
}

TEST(MatchIcmp, AFragmentHasNoType) {
  auto fragment = icmp(web_request(), kIcmp, 8, 0);
  fragment.packet.is_fragment = true;
  expect_answers(fragment, {{"-p icmp -m icmp --icmp-type 8", kNo},
                            {"-p icmp -m icmp ! --icmp-type 9", kNo},
                            {"-p icmp -m icmp --icmp-type any", kNo}});
}

TEST(MatchTcpmss, OnlyTheValueIsNotKnown) {
  expect_answers(web_request(),
                 {{"-p tcp -m tcpmss --mss 1:1460", kNo}, {"-p tcp -m tcpmss ! --mss 1:1460", kYes}});
  auto with_mss = web_request();
  with_mss.packet.tcp_option_kinds = 1U << 2;
  expect_answers(
      with_mss, {{"-p tcp -m tcpmss --mss 1:1460", kDepends}, {"-p tcp -m tcpmss ! --mss 1:1460", kDepends}});
}

TEST(MatchEspAndAh, OfOtherProtocolsTheyAreNone) {
  expect_answers(web_request(), {{"-p esp -m esp --espspi 32:48", kNo},
                                 {"-p ah -m ah --ahspi 200", kNo},
                                 {"-p ipcomp -m ipcomp --ipcompspi 18", kNo}});
  expect_answers(web_request6(), {{"-m ah --ahspi 200 --ahlen 32 --ahres", kNo}, {"-m ah ! --ahspi 5", kNo}});
  auto esp = web_request();
  esp.packet.protocol = kEsp;
  expect_answers(esp, {{"-p esp -m esp --espspi 32:48", kDepends}});
}

}  // namespace
}  // namespace pyfw
