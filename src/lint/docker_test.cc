// Rules beside Docker's, of its generations.

#include "lint/for_tests.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr auto kAnswers = "- answers: -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN";

class Beside : public testing::TestWithParam<HostForTests (*)()> {
 protected:
  static std::vector<std::string> said(std::string_view chain, const std::vector<std::string>& lines) {
    return said_of(chain_of(chain, lines), GetParam()());
  }
  static std::vector<std::string> in_user(const std::vector<std::string>& lines) {
    return said("DOCKER-USER", lines);
  }
};

TEST_P(Beside, DropsOfAnswersAreFoundInAnySpelling) {
  for (auto* drop :
       {"- d: -i eth0 -j DROP", "- d: -i eth0 ! -s 10.0.0.0/8 -j REJECT",
        "- d: -i eth0 -m iprange ! --src-range 10.0.0.1-10.0.0.9 -j DROP", "- d: -o docker0 -j DROP"}) {
    EXPECT_THAT(in_user({drop}), Contains(StartsWith("drops-answers at 6:"))) << drop;
    EXPECT_THAT(in_user({kAnswers, drop}), Not(Contains(StartsWith("drops-answers")))) << drop;
  }
}

TEST_P(Beside, DropsOfAllButTheMembersOfASetTakeAnswersToo) {
  auto text = chain_of("DOCKER-USER", {"- d: \"-i eth0 -m set ! --match-set friends src -j DROP\""});
  text += "  ipsets:\n    friends: {type: \"hash:net\", members_include: [198.51.100.0/24]}\n";
  EXPECT_THAT(said_of(text, GetParam()()), Contains(StartsWith("drops-answers at 6:")));
}

TEST_P(Beside, DropsOfNewOnesOfPortsAndOfBadAddressesSpareAnswers) {
  for (auto* drop :
       {"- d: -i eth0 -m conntrack --ctstate NEW -j DROP", "- d: -i eth0 -m state --state NEW -j DROP",
        "- d: -i eth0 -p tcp --dport 80 -j DROP", "- d: -s 203.0.113.66 -j DROP",
        "- d: -i eth0 -p tcp -m conntrack --ctorigdstport 8000 -j DROP", "- d: -i eth0 -p tcp --syn -j DROP",
        "- d: -i docker0 -d 10.0.0.0/8 -j DROP", "- d: -m conntrack --ctstate INVALID -j DROP",
        "- d: -m addrtype --dst-type BROADCAST -j DROP", "- d: -m string --string x --algo bm -j DROP",
        "- d: -m hashlimit --hashlimit-above 9/sec --hashlimit-mode srcip --hashlimit-name x -j DROP"})
    EXPECT_THAT(in_user({drop}), Not(Contains(StartsWith("drops-answers")))) << drop;
}

TEST_P(Beside, DropsOfWhatContainersAskAreFoundWhereNothingSaysForWhomTheyAre) {
  constexpr auto kSaid = "drops-containers-requests at 6:";
  for (auto* drop : {"- d: -m conntrack --ctstate NEW -j DROP", "- d: -p tcp --dport 80 -j DROP",
                     "- d: \"! -s 198.51.100.0/24 -m conntrack --ctstate NEW -j DROP\""})
    EXPECT_THAT(in_user({drop}), Contains(StartsWith(kSaid))) << drop;
  for (auto* drop :
       {"- d: -i eth0 -m conntrack --ctstate NEW -j DROP", "- d: -i docker0 -j DROP", "- d: -o eth0 -j DROP",
        "- d: -s 172.17.0.0/16 -j DROP", "- d: -d 203.0.113.0/24 -j DROP", "- d: -p tcp --dport 25 -j DROP",
        "- d: -m conntrack --ctstate INVALID -j DROP", "- d: -s 203.0.113.66 -j DROP"})
    EXPECT_THAT(in_user({drop}), Not(Contains(StartsWith(kSaid)))) << drop;
}

TEST(DropsOfAnswers, WithoutDockerThereAreNoContainersToAnswer) {
  auto router = chain_of("FORWARD", {"- in: -i eth1 -j ACCEPT", "- d: -j DROP"});
  HostForTests host;
  std::erase_if(host.facts().interfaces, [](const Interface& one) { return one.name == "docker0"; });
  EXPECT_THAT(said_of(router, host), Not(Contains(StartsWith("drops-answers"))));
  EXPECT_THAT(said_of(router, docker_20()), Contains(StartsWith("drops-answers")));
  auto bridged = chain_of("FORWARD", {"- in: -i docker0 -j ACCEPT", "- d: -j DROP"});
  EXPECT_THAT(said_of(bridged, host), Contains(StartsWith("drops-answers")));
}

TEST_P(Beside, AnswersMayBeLetThroughInAUserChain) {
  std::string text = chain_of("DOCKER-USER", {"- on: -j common", "- d: -i eth0 -j DROP"});
  text += "      common:\n        rules:\n        - a: -m conntrack --ctstate ESTABLISHED -j ACCEPT\n";
  EXPECT_THAT(said_of(text, GetParam()()), IsEmpty());
}

TEST_P(Beside, AHostPortIsNoneBehindTheTranslation) {
  for (auto* rule : {"- d: -i eth0 -p tcp --dport 8000 -j DROP",
                     "- d: -i eth0 -p tcp -m multiport --dports 443,8000 -j DROP",
                     "- d: -i eth0 -p tcp --dport 8000 -s 10.0.0.0/8 -j ACCEPT"})
    EXPECT_THAT(in_user({rule}), Contains(StartsWith("forwarded-host-port at 6:"))) << rule;
  for (auto* rule :
       {"- d: -i eth0 -p tcp --dport 80 -j DROP", "- d: -i docker0 -p tcp --dport 8000 -j DROP",
        "- d: -i eth0 -p udp --dport 8000 -j DROP", "- d: -i eth0 -p tcp --dport 1024:65535 --syn -j DROP",
        "- d: -o eth0 -p tcp --dport 8000 -j DROP"})
    EXPECT_THAT(in_user({rule}), Not(Contains(StartsWith("forwarded-host-port")))) << rule;
}

TEST_P(Beside, AnAddressOfTheHostIsNoneBehindTheTranslation) {
  EXPECT_THAT(in_user({"- d: -d 192.0.2.1 -p tcp --dport 80 -j DROP"}),
              ElementsAre("forwarded-host-address at 6:14"));
  EXPECT_THAT(in_user({"- d: -d 172.17.0.2 -p tcp --dport 80 -j DROP"}), IsEmpty());
}

TEST_P(Beside, InputSeesOnlyWhatDockerProxyTakes) {
  for (auto* rule :
       {"- r: -p tcp --dport 8000 -s 10.0.0.0/8 -j ACCEPT", "- r: -i eth0 -p tcp --dport 8000 -j DROP",
        "- r: -p tcp -m multiport --dports 22,8000 -j DROP",
        "- r: -p tcp -m multiport --dports 7000,8000 -j DROP"})
    EXPECT_THAT(said("INPUT", {rule}), Contains(StartsWith("input-published-port at 6:"))) << rule;
  for (auto* rule :
       {"- r: -i docker0 -p tcp --dport 8000 -j ACCEPT", "- r: -i lo -p tcp --dport 8000 -j ACCEPT",
        "- r: -s 172.17.0.0/16 -p tcp --dport 8000 -j ACCEPT", "- r: -p tcp --dport 80 -j DROP",
        "- r: -p udp --dport 8000 -j DROP", "- r: -p tcp --dport 8001:9000 -j DROP",
        "- r: -p tcp --dport 1024:65535 -j DROP",
        "- r: -p tcp --dport 8000 -m conntrack --ctstate INVALID -j DROP"})
    EXPECT_THAT(said("INPUT", {rule}), Not(Contains(StartsWith("input-published-port")))) << rule;
}

TEST_P(Beside, Ipv6ThatNothingTranslatesIsInputs) {
  EXPECT_THAT(said_of(chain_of("INPUT", {"- r: -p tcp --dport 8000 -j DROP"}, "ip6tables"), GetParam()()),
              IsEmpty());
}

TEST_P(Beside, AcceptsNeedADropBehindThem) {
  for (auto* rule : {"- a: -s 10.0.0.0/8 -j RETURN",
                     "- a: -s 10.0.0.0/8 -p tcp -m conntrack --ctorigdstport 8000 -j ACCEPT",
                     "- a: -s 10.0.0.0/8 -p tcp --dport 80 -j ACCEPT"}) {
    EXPECT_THAT(in_user({rule}), ElementsAre(StartsWith("docker-user-without-drop at 6:"))) << rule;
    EXPECT_THAT(in_user({rule, kAnswers, "- d: -i eth0 -j DROP"}), IsEmpty()) << rule;
  }
}

TEST_P(Beside, AnAcceptOfWhatDockerWouldDropIsNoMistake) {
  for (auto* rule : {"- vpn: -s 10.8.0.0/24 -j ACCEPT", "- a: -i eth1 -o docker0 -j ACCEPT",
                     "- a: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"})
    EXPECT_THAT(in_user({rule}), IsEmpty()) << rule;
}

TEST_P(Beside, DropsAtTheHeadOfForwardEndBehindDockers) {
  EXPECT_THAT(said("FORWARD", {"- d: -o docker0 -m conntrack --ctstate NEW -s 10.0.0.0/8 -j DROP"}),
              ElementsAre("before-docker-jumps at 6:14"));
  EXPECT_THAT(said("FORWARD", {"- d: -i eth0 -o eth1 -j DROP"}), IsEmpty());
  EXPECT_THAT(said("FORWARD", {"- a: -i eth1 -o eth0 -j ACCEPT"}),
              Not(Contains(StartsWith("before-docker-jumps"))));
  EXPECT_THAT(said("FORWARD", {"- ~rest:", "- d: -i eth1 -o docker0 -m conntrack --ctstate NEW -j DROP"}),
              Not(Contains(StartsWith("before-docker-jumps"))));
}

TEST_P(Beside, ChainsOfDockerAreNoPlaceForRules) {
  for (std::string chain : {"DOCKER", "DOCKER-ISOLATION-STAGE-1", "DOCKER-FORWARD", "DOCKER-CT",
                            "DOCKER-INTERNAL", "DOCKER-BRIDGE", "DOCKER-INGRESS", "DOCKER-ISOLATION"})
    EXPECT_THAT(said(chain, {"- r: -s 203.0.113.66 -j DROP"}), Contains("docker-own-chain at 4:7")) << chain;
  EXPECT_THAT(said("DOCKER", {"- ~absent: r"}), Not(Contains(StartsWith("docker-own-chain"))));
  EXPECT_THAT(in_user({"- r: -s 203.0.113.66 -j DROP"}), IsEmpty());
}

TEST_P(Beside, APartOfItsSubnetIsSaid) {
  EXPECT_THAT(said("INPUT", {"- r: -s 172.17.0.0/24 -p udp -j DROP"}), ElementsAre("part-of-subnet at 6:14"));
  for (auto* rule : {"- r: -s 172.17.0.0/16 -p udp -j DROP", "- r: -s 172.17.0.0/12 -p udp -j DROP",
                     "- r: -s 172.17.3.0/24 -p udp -j DROP", "- r: -s 172.17.0.2 -p udp -j DROP"})
    EXPECT_THAT(said("INPUT", {rule}), IsEmpty()) << rule;
}

INSTANTIATE_TEST_SUITE_P(Docker, Beside, testing::Values(docker_20, docker_28));

TEST(BehindDockersReturn, NothingMatches) {
  EXPECT_THAT(said_of(chain_of("DOCKER-USER", {"- ~rest:", "- r: -s 203.0.113.66 -j DROP"}), docker_20()),
              ElementsAre("behind-docker-return at 7:14"));
}

// As the user sees it: a port closed to all but some, and docker-proxy on IPv6.
TEST(ProxyPastWishes, IsClosedInInputOrInMangle) {
  auto host = docker_20();
  host.facts().docker->containers[0].ports.push_back(
      {.protocol = kTcp, .host_ip = ip("::"), .host_port = 8000, .container_port = 80, .has_proxy = true});
  auto wishes = chain_of("DOCKER-USER", {kAnswers, "- d: -i eth0 ! -s 10.0.0.0/8 -j DROP"});
  EXPECT_THAT(said_of(wishes, host), ElementsAre(StartsWith("proxy-past-wishes at 7:")));
  EXPECT_THAT(said_of(wishes + "  ip6tables:\n    mangle:\n      PREROUTING:\n        rules:\n"
                               "        - d: -i eth0 -p tcp --dport 8000 -j DROP\n",
                      host),
              IsEmpty());
  host.facts().docker->containers[0].ports.pop_back();
  EXPECT_THAT(said_of(wishes, host), IsEmpty());
}

}  // namespace
}  // namespace pyfw
