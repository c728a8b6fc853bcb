#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LookAtDocker : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> ids() const { return ids_of(look_at_docker(host_)); }
  Examined host_ = with_docker(kPublished);
  DockerDaemon& daemon_ = *host_.daemon;
};

TEST_F(LookAtDocker, AnUsualOneIsFine) { EXPECT_THAT(ids(), IsEmpty()); }

TEST_F(LookAtDocker, AnOldOneHasNoDockerUser) {
  daemon_.version = "17.05.0-ce";
  EXPECT_THAT(ids(), ElementsAre("docker-without-docker-user"));
  daemon_.version = "17.06.0-ce";
  EXPECT_THAT(ids(), IsEmpty());
  daemon_.version = "dev";
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtDocker, IptablesOffIsSaid) {
  daemon_.iptables = false;
  EXPECT_THAT(ids(), ElementsAre("docker-iptables-off"));
  EXPECT_THAT(look_at_docker(host_)[0].why, HasSubstr("served by docker-proxy alone"));
}

TEST_F(LookAtDocker, IptablesAndTheProxyOffAreOneFindingThatContradictsNoOther) {
  daemon_.iptables = false;
  daemon_.userland_proxy = false;
  EXPECT_THAT(ids(), ElementsAre("docker-iptables-off"));
  EXPECT_THAT(look_at_docker(host_)[0].message, HasSubstr("userland-proxy"));
  EXPECT_THAT(look_at_docker(host_)[0].why, HasSubstr("nothing then serves published ports"));
  host_.host.facts.docker->networks[0].subnets.push_back(*Prefix::parse("fd00:1::/64"));
  for (const auto& finding : look_at_docker(host_))
    EXPECT_THAT(finding.why, Not(HasSubstr("by docker-proxy")));
}

TEST_F(LookAtDocker, Ip6tablesOffMattersWhereANetworkHasIpv6) {
  host_.host.facts.docker->networks[0].subnets.push_back(*Prefix::parse("fd00:1::/64"));
  EXPECT_THAT(ids(), ElementsAre("docker-ip6tables-off"));
  daemon_.ip6tables = true;
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtDocker, RulesOfNftablesAreSaid) {
  daemon_.firewall_backend = "nftables";
  EXPECT_THAT(ids(), ElementsAre("docker-on-nftables"));
}

TEST_F(LookAtDocker, SettingsThatSurpriseAreNotes) {
  daemon_.userland_proxy = false;
  daemon_.is_kept_alive = true;
  EXPECT_THAT(ids(), ElementsAre("docker-proxy-off", "docker-live-restore"));
  EXPECT_FALSE(matter(look_at_docker(host_)));
}

TEST_F(LookAtDocker, RootlessIsSaidAndNothingOfItsRules) {
  daemon_.is_rootless = true;
  daemon_.iptables = false;
  EXPECT_THAT(ids(), ElementsAre("docker-rootless"));
}

// As with the package podman-docker.
TEST_F(LookAtDocker, PodmanInItsPlaceIsSaidAndLacksNoRulesOfDockers) {
  daemon_ =
      *parse_docker_daemon({.version = "4.3.1", .about = R"({"Components": [{"Name": "Podman Engine"}]})"});
  host_.host.state.iptables = {};
  EXPECT_THAT(ids(), ElementsAre("docker-is-podman"));
  EXPECT_THAT(ids_of(look_at_docker_rules(host_)), IsEmpty());
  daemon_ = *parse_docker_daemon({.version = "28.0.1", .about = R"({"Components": [{"Name": "Engine"}]})"});
  EXPECT_THAT(ids_of(look_at_docker_rules(host_)), ElementsAre("docker-rules-gone"));
}

TEST_F(LookAtDocker, OneThatStartsAtBootAndDoesNotAnswerIsSaid) {
  host_.units = units_of({{"docker.service", "[Unit]\n"}});
  EXPECT_THAT(ids(), IsEmpty());
  host_.host.facts.docker.reset();
  EXPECT_THAT(ids(), ElementsAre("docker-silent"));
}

TEST(LookAtDockerRules, FlushedOnesAreAnError) {
  EXPECT_THAT(look_at_docker_rules(with_docker(kPublished)), IsEmpty());
  auto flushed = look_at_docker_rules(with_docker(filter("")));
  EXPECT_THAT(ids_of(flushed), ElementsAre("docker-rules-gone"));
  EXPECT_EQ(severity_of(flushed, "docker-rules-gone"), Severity::kError);
  EXPECT_THAT(flushed[0].message, HasSubstr("filter FORWARD"));
}

TEST(LookAtDockerRules, NatAloneCanBeFlushed) {
  auto filter_only = kPublished.substr(kPublished.find("*filter"));
  EXPECT_THAT(message_of(look_at_docker_rules(with_docker(filter_only)), "docker-rules-gone"),
              HasSubstr("nat PREROUTING"));
  auto no_dnat = kPublished;
  no_dnat.erase(no_dnat.find("-A DOCKER ! -i docker0"),
                no_dnat.find("COMMIT") - no_dnat.find("-A DOCKER ! -i docker0"));
  EXPECT_THAT(message_of(look_at_docker_rules(with_docker(no_dnat)), "docker-rules-gone"),
              HasSubstr("translates none"));
}

TEST(LookAtDockerRules, NobodyMissesThoseThatDockerDoesNotWrite) {
  auto host = with_docker(filter(""));
  host.daemon->iptables = false;
  EXPECT_THAT(look_at_docker_rules(host), IsEmpty());
  host.daemon->iptables = true;
  host.daemon->firewall_backend = "nftables";
  EXPECT_THAT(look_at_docker_rules(host), IsEmpty());
  EXPECT_THAT(look_at_docker_rules(without_docker(filter(""))), IsEmpty());
}

TEST(LookAtDockerRules, TheyMayBeOnTheOtherBackend) {
  auto host = with_docker(filter(""));
  host.host.other = BackendRules{.iptables = rules_of(kPublished), .ip6tables = {}};
  EXPECT_THAT(look_at_docker_rules(host), IsEmpty());
}

TEST(DockersLayout, IsToldByTheChainsThatItHas) {
  EXPECT_EQ(layout_of_docker(with_docker(filter("")).host), "");
  auto with_chain = [](const std::string& chain) {
    return layout_of_docker(
        with_docker("*filter\n:FORWARD ACCEPT [0:0]\n:" + chain + " - [0:0]\nCOMMIT\n").host);
  };
  EXPECT_THAT(with_chain("DOCKER-FORWARD"), HasSubstr("28"));
  EXPECT_THAT(with_chain("DOCKER-ISOLATION-STAGE-1"), HasSubstr("17.06 to 27"));
  EXPECT_THAT(with_chain("DOCKER-ISOLATION"), HasSubstr("17.05"));
  auto host = with_docker("");
  host.host.facts.nft_tables = {"ip docker-bridges"};
  EXPECT_THAT(layout_of_docker(host.host), HasSubstr("nftables"));
}

}  // namespace
}  // namespace pyfw
