// What a closed OUTPUT has to let out, however that is written.

#include "lint/for_tests.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr auto kLoopback = "- lo: -o lo -j ACCEPT";
constexpr auto kAnswers = "- answers: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";

std::vector<std::string> of_output(const std::vector<std::string>& lines) {
  return said_of(chain_of("OUTPUT", lines, "iptables", "DROP"));
}

TEST(OutputWithoutEstablished, IsSaidWhereTheAnswersOfNoServiceGetOut) {
  EXPECT_THAT(of_output({kLoopback, "- dns: -p udp --dport 53 -j ACCEPT"}),
              ElementsAre("output-without-established at 5:25"));
  EXPECT_THAT(said_of(chain_of("OUTPUT", {kLoopback, "- no: -j REJECT"})),
              ElementsAre("output-without-established at 7:18"));
}

TEST(OutputWithoutEstablished, AnswersMayBeLetOutInAnySpelling) {
  for (const auto* answers : {kAnswers, "- ssh: -p tcp --sport 22 -j ACCEPT",
                              "- old: -p tcp ! --syn -j ACCEPT", "- to: -d 10.0.0.0/8 -j ACCEPT"})
    EXPECT_THAT(of_output({kLoopback, answers}), IsEmpty()) << answers;
}

TEST(OutputWithoutEstablished, WhoLetsNobodyInOwesNoAnswer) {
  auto text = chain_of("OUTPUT", {kLoopback, "- dns: -p udp --dport 53 -j ACCEPT"}, "iptables", "DROP");
  text +=
      "      INPUT:\n        default_action: DROP\n        rules:\n        - lo: -i lo -j ACCEPT\n        " +
      std::string(kAnswers) + "\n";
  EXPECT_THAT(said_of(text), Not(Contains("output-without-established at 5:25")));
}

TEST(OutputWithoutLoopback, IsSaidUnlessInputShutsItOutToo) {
  EXPECT_THAT(of_output({kAnswers}), ElementsAre("output-without-loopback at 5:25"));
  EXPECT_THAT(of_output({kAnswers, "- lo: -d 127.0.0.0/8 -j ACCEPT"}), IsEmpty());
  auto text = chain_of("OUTPUT", {kAnswers}, "iptables", "DROP");
  text +=
      "      INPUT:\n        default_action: DROP\n        rules:\n        " + std::string(kAnswers) + "\n";
  EXPECT_THAT(said_of(text), Not(Contains("output-without-loopback at 5:25")));
}

TEST(OutputWithoutNeighbours, IsSaidOfIpv6ThatIsNotSwitchedOff) {
  auto of_ipv6 = [](const std::vector<std::string>& lines, const std::string& input = "") {
    return said_of(chain_of("OUTPUT", lines, "ip6tables", "DROP") + input);
  };
  EXPECT_THAT(of_ipv6({kLoopback, kAnswers}), ElementsAre("output-without-neighbours at 5:25"));
  EXPECT_THAT(of_ipv6({kLoopback, kAnswers, "- n: -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT"}),
              ElementsAre("output-without-neighbours at 5:25"));
  EXPECT_THAT(of_ipv6({kLoopback, kAnswers, "- n: -p ipv6-icmp -j ACCEPT"}), IsEmpty());
  EXPECT_THAT(of_ipv6({kLoopback},
                      "      INPUT:\n        default_action: DROP\n        rules:\n"
                      "        - in: -i lo -j ACCEPT\n"),
              IsEmpty());
}

}  // namespace
}  // namespace pyfw
