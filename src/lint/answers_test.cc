// Answers that FORWARD has to let back, however that is written.

#include "lint/for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kAnswers = "- answers: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";

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
