// Answers that a closed OUTPUT or FORWARD has to let through, however that is written.

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

std::vector<std::string> of_forward(const std::vector<std::string>& lines) {
  return said_of(chain_of("FORWARD", lines, "iptables", "DROP"));
}

TEST(ForwardWithoutEstablished, IsSaidOfWhatIsLetThroughOneWay) {
  EXPECT_THAT(of_forward({"- out: -i lan0 -o eth0 -j ACCEPT"}),
              ElementsAre("forward-without-established at 7:35"));
  EXPECT_THAT(of_forward({"- out: -i lan0 -o eth0 -j ACCEPT", kAnswers}), IsEmpty());
  EXPECT_THAT(of_forward({"- out: -i lan0 -j ACCEPT", "- in: -o lan0 -p tcp ! --syn -j ACCEPT"}), IsEmpty());
  EXPECT_THAT(of_forward({"- out: -i lan0 -o eth0 -j ACCEPT", "- in: -i eth0 -o lan0 -j ACCEPT"}), IsEmpty());
  EXPECT_THAT(of_forward({"- a: -m conntrack --ctstate ESTABLISHED -i eth0 -j ACCEPT"}), IsEmpty());
}

// Docker lets back what its containers are answered, and a rule of DOCKER-USER is about them.
TEST(ForwardWithoutEstablished, BesideDockerIsAboutWhatGoesElsewhere) {
  EXPECT_THAT(said_of(chain_of("FORWARD", {"- out: -i wg0 -o eth0 -j ACCEPT"}), docker_20()),
              ElementsAre("forward-without-established at 6:34"));
  EXPECT_THAT(said_of(chain_of("FORWARD", {"- in: -i eth0 -o docker0 -j ACCEPT"}), docker_20()), IsEmpty());
  EXPECT_THAT(said_of(chain_of("FORWARD", {"- in: -i eth0 -p tcp --dport 80 -j ACCEPT"}), docker_20()),
              IsEmpty());
}

}  // namespace
}  // namespace pyfw
