#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LookAtFirewalls : public testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> ids() const { return ids_of(look_at_firewalls(host_)); }
  void start(const std::string& unit) { host_.units = units_of({{unit, "[Unit]\n"}}); }
  // Beside Docker's.
  void add_rules(const std::string& filter_rules) {
    auto text = kPublished;
    text.insert(text.rfind("COMMIT"), filter_rules);
    host_.host.state.iptables = rules_of(text);
  }
  Examined host_ = with_docker(kPublished);
};

TEST_F(LookAtFirewalls, NoneIsFine) { EXPECT_THAT(ids(), IsEmpty()); }

TEST_F(LookAtFirewalls, UfwIsBypassedByPublishedPorts) {
  start("ufw.service");
  EXPECT_THAT(ids(), IsEmpty()) << "its unit starts, but it is not enabled";
  host_.others.ufw_conf = "ENABLED=yes\n";
  EXPECT_THAT(ids(), ElementsAre("ufw-bypassed"));
  EXPECT_THAT(look_at_firewalls(host_)[0].message, HasSubstr("(1 now)"));
  host_.host.facts.docker.reset();
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtFirewalls, PortsThatNobodyElseGetsToAreNotAmongTheBypassed) {
  add_rules(":ufw-user-input - [0:0]\n");
  host_.host.facts.docker->containers[0].ports[0].host_ip = ip("127.0.0.1");
  EXPECT_THAT(look_at_firewalls(host_)[0].message, Not(HasSubstr("now)")));
}

TEST_F(LookAtFirewalls, UfwIsKnownByItsChainsToo) {
  add_rules(":ufw-user-input - [0:0]\n");
  EXPECT_THAT(ids(), ElementsAre("ufw-bypassed"));
}

TEST_F(LookAtFirewalls, WithUfwDockerNothingIsBypassed) {
  add_rules(":DOCKER-USER - [0:0]\n:ufw-user-forward - [0:0]\n-A DOCKER-USER -j ufw-user-forward\n");
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtFirewalls, BansByASetInInputMissContainersToo) {
  add_rules("-A INPUT -p tcp -m set --match-set f2b-sshd src -j REJECT\n");
  EXPECT_THAT(ids(), ElementsAre("bans-miss-containers"));
  add_rules(":DOCKER-USER - [0:0]\n-A DOCKER-USER -m set --match-set f2b-sshd src -j REJECT\n");
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtFirewalls, BansOfCrowdSecInInputMissContainersToo) {
  add_rules(":CROWDSEC_CHAIN - [0:0]\n-A INPUT -j CROWDSEC_CHAIN\n");
  EXPECT_THAT(message_of(look_at_firewalls(host_), "bans-miss-containers"), HasSubstr("banned by CrowdSec"));
  add_rules(
      ":CROWDSEC_CHAIN - [0:0]\n:DOCKER-USER - [0:0]\n-A INPUT -j CROWDSEC_CHAIN\n"
      "-A DOCKER-USER -j CROWDSEC_CHAIN\n");
  EXPECT_THAT(ids(), IsEmpty());
  add_rules("-A INPUT -m set --match-set crowdsec-blacklists src -j DROP\n");
  EXPECT_THAT(ids(), ElementsAre("bans-miss-containers"));
}

TEST_F(LookAtFirewalls, FirewalldOnIptablesFlushes) {
  start("firewalld.service");
  EXPECT_THAT(ids(), ElementsAre("firewalld-bypassed"));
  host_.others.firewalld_conf = "FirewallBackend=iptables\n";
  EXPECT_THAT(ids(), ElementsAre("firewalld-flushes"));
  host_.others.firewalld_conf = "FirewallBackend=nftables\n";
  host_.units = {};
  EXPECT_THAT(ids(), IsEmpty());
  host_.host.facts.nft_tables = {"inet firewalld"};
  EXPECT_THAT(ids(), ElementsAre("firewalld-bypassed"));
}

TEST_F(LookAtFirewalls, AFlushOfAllByNftablesIsSaidWhereItsUnitStarts) {
  host_.others.nftables_conf = "flush ruleset\n";
  host_.others.nftables_path = "/etc/nftables.conf";
  EXPECT_THAT(ids(), IsEmpty());
  start("nftables.service");
  EXPECT_THAT(ids(), ElementsAre("nftables-flush-ruleset"));
  host_.others.nftables_conf = "table inet mine {}\n";
  EXPECT_THAT(ids(), IsEmpty());
  host_.units = units_of({{"nftables.service", "[Service]\nExecStop=/usr/sbin/nft flush ruleset\n"}});
  EXPECT_THAT(message_of(look_at_firewalls(host_), "nftables-flush-ruleset"),
              HasSubstr("stopped or restarted"));
  host_.host.backend = Backend::kLegacy;
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtFirewalls, SavedRulesOfDockerAreSaid) {
  host_.others.saved = {
      {.path = "/etc/iptables/rules.v4", .unit = "netfilter-persistent.service", .text = kPublished}};
  EXPECT_THAT(ids(), IsEmpty());
  start("netfilter-persistent.service");
  EXPECT_THAT(ids(), ElementsAre("saved-rules-of-docker"));
  host_.others.saved[0].text = filter("");
  EXPECT_THAT(ids(), IsEmpty());
}

TEST_F(LookAtFirewalls, BansInInputMissContainers) {
  add_rules(":f2b-sshd - [0:0]\n-A INPUT -p tcp -j f2b-sshd\n");
  EXPECT_THAT(ids(), ElementsAre("bans-miss-containers"));
  add_rules(":f2b-sshd - [0:0]\n:f2b-web - [0:0]\n-A INPUT -j f2b-sshd\n-A FORWARD -j f2b-web\n");
  EXPECT_THAT(ids(), IsEmpty());
  add_rules("");
  host_.host.facts.nft_tables = {"inet f2b-table"};
  EXPECT_THAT(ids(), ElementsAre("bans-miss-containers"));
  host_.host.facts.docker->containers[0].ports[0].host_ip = ip("127.0.0.1");
  EXPECT_THAT(ids(), IsEmpty()) << "nobody that could be banned gets to it";
}

TEST_F(LookAtFirewalls, KubernetesIsANote) {
  add_rules(":KUBE-SERVICES - [0:0]\n");
  EXPECT_THAT(ids(), ElementsAre("kubernetes"));
}

TEST_F(LookAtFirewalls, TwoThatManageRulesAreTooMany) {
  start("ferm.service");
  EXPECT_THAT(ids(), IsEmpty());
  host_.own.has_applied = true;
  EXPECT_THAT(ids(), ElementsAre("two-firewalls"));
  start("docker.service");
  EXPECT_THAT(ids(), IsEmpty());
}

}  // namespace
}  // namespace pyfw
