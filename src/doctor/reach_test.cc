#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Docker's rules with one of the owner's in DOCKER-USER.
std::string with_docker_user(const std::string& rule) {
  auto text = kPublished;
  text.insert(text.rfind("-A FORWARD -o docker0 -j DOCKER"), "-A FORWARD -j DOCKER-USER\n" + rule);
  text.insert(text.rfind(":DOCKER - [0:0]"), ":DOCKER-USER - [0:0]\n");
  return text;
}

// Without docker-proxy, which IPv6 would reach.
Examined published(const std::string& rules) {
  auto host = with_docker(rules);
  host.host.facts.docker->containers[0].ports[0].has_proxy = false;
  host.host.facts.docker->userland_proxy = false;
  host.host.facts.listeners.emplace();
  return host;
}

TEST(LookAtReach, APublishedPortThatDockerLetsEverybodyToIsAWarning) {
  auto found = look_at_reach(published(kPublished));
  EXPECT_EQ(message_of(found, "port-open"),
            "anyone by eth0 reaches port 8000/tcp of container a (image nginx:1.25)");
  EXPECT_EQ(severity_of(found, "port-open"), Severity::kWarning);
  EXPECT_THAT(found[0].why, HasSubstr("filter DOCKER 1"));
}

TEST(LookAtReach, OneThatFewReachIsFine) {
  EXPECT_THAT(look_at_reach(published(with_docker_user("-A DOCKER-USER ! -s 198.51.100.0/24 -j DROP\n"))),
              IsEmpty());
}

TEST(LookAtReach, TheAdvisedRuleClosesThePortAndIsAboutWhatComesFromOutside) {
  auto advice = look_at_reach(published(kPublished))[0].instead;
  auto rule = advice.substr(advice.find("`-i") + 1);
  rule = rule.substr(0, rule.find('`'));
  // Without the interface it would take what containers ask others at that port, too.
  EXPECT_TRUE(rule.starts_with("-i eth0 ")) << rule;
  rule.replace(rule.find("YOUR_NETWORK"), std::string("YOUR_NETWORK").size(), "198.51.100.0/24");
  EXPECT_THAT(look_at_reach(published(with_docker_user("-A DOCKER-USER " + rule + "\n"))), IsEmpty());
}

TEST(LookAtReach, AnAddressOfTheHostsOwnIsNotReached) {
  auto host = published(kPublished);
  host.host.facts.docker->containers[0].ports[0].host_ip = ip("127.0.0.1");
  EXPECT_THAT(look_at_reach(host), IsEmpty());
}

TEST(LookAtReach, WhatARuleOfSomebodyLetsInIsANote) {
  auto found =
      look_at_reach(published(with_docker_user("-A DOCKER-USER -p tcp -m tcp --dport 80 -j ACCEPT\n")));
  EXPECT_THAT(ids_of(found), ElementsAre("port-opened"));
  EXPECT_FALSE(matter(found));
}

TEST(LookAtReach, AChainOfTheOwnersMayBeCalledAlmostLikeDockers) {
  auto rules = with_docker_user("-A DOCKER-USER -p tcp -j DOCKER-OFFICE\n-A DOCKER-OFFICE -j ACCEPT\n");
  rules.insert(rules.rfind(":DOCKER - [0:0]"), ":DOCKER-OFFICE - [0:0]\n");
  EXPECT_THAT(ids_of(look_at_reach(published(rules))), ElementsAre("port-opened"));
}

TEST(LookAtReach, Ipv6ByDockerProxyIsSaidForItself) {
  auto found = look_at_reach(with_docker(with_docker_user("-A DOCKER-USER -j DROP\n")));
  EXPECT_EQ(message_of(found, "port-open-by-proxy"),
            "anyone by eth0 reaches port 8000/tcp of container a (image nginx:1.25) over IPv6, through "
            "docker-proxy");
  auto host = with_docker(with_docker_user("-A DOCKER-USER -j DROP\n"));
  host.host.state.ip6tables = rules_of("*filter\n:INPUT DROP [0:0]\nCOMMIT\n");
  EXPECT_THAT(look_at_reach(host), IsEmpty());
}

TEST(LookAtReach, ManyPortsOfAContainerAreOneFinding) {
  auto host = published(kPublished);
  auto& ports = host.host.facts.docker->containers[0].ports;
  auto& listeners = *host.host.facts.docker->containers[0].listeners;
  auto rules = kPublished;
  for (std::uint16_t port = 8001; port < 8010; ++port) {
    ports.push_back({.protocol = kTcp, .host_port = port, .container_port = port});
    listeners.push_back({.protocol = kTcp, .address = ip("0.0.0.0"), .port = port});
    auto text = std::to_string(port);
    rules.insert(rules.find("COMMIT"), "-A DOCKER ! -i docker0 -p tcp -m tcp --dport " + text +
                                           " -j DNAT --to-destination 172.17.0.2:" + text + "\n");
    rules.insert(rules.rfind("COMMIT"),
                 "-A DOCKER -d 172.17.0.2/32 -o docker0 -p tcp -m tcp --dport " + text + " -j ACCEPT\n");
  }
  host.host.state.iptables = rules_of(rules);
  EXPECT_THAT(message_of(look_at_reach(host), "port-open"), HasSubstr("port 8000-8009/tcp of"));
}

TEST(LookAtReach, SshAndOtherServicesThatAnyoneReachesAreNotes) {
  HostForTests made;
  made.listener(kTcp, "0.0.0.0", 22, "sshd")
      .listener(kTcp, "0.0.0.0", 6379, "redis-server")
      .listener(kTcp, "127.0.0.1", 5432, "postgres");
  auto host = examined(made);
  auto found = look_at_reach(host);
  EXPECT_THAT(ids_of(found), testing::UnorderedElementsAre("ssh-open", "service-open"));
  EXPECT_FALSE(matter(found));
  EXPECT_THAT(message_of(found, "service-open"), HasSubstr("redis-server of this host at port 6379/tcp"));
  host.host.state.iptables = rules_of("*filter\n:INPUT DROP [0:0]\nCOMMIT\n");
  EXPECT_THAT(look_at_reach(host), IsEmpty());
}

TEST(LookAtReach, PortsThatAreNotPublishedAreReachedWhereForwardAccepts) {
  auto host = published(filter(""));
  host.host.facts.docker->containers[0].ports.clear();
  host.host.facts.docker->containers[0].listeners = {
      {{.protocol = kTcp, .address = ip("0.0.0.0"), .port = 5432}}};
  EXPECT_EQ(
      message_of(look_at_reach(host), "containers-open-to-neighbours"),
      "who sends packets for Docker's network bridge by eth0 reaches also ports that are not published, as "
      "5432 of a");
  host.host.state.iptables = rules_of(kPublished);
  EXPECT_THAT(ids_of(look_at_reach(host)), Not(Contains("containers-open-to-neighbours")));
}

TEST(LookAtReach, PodmanHasItsOwnNameAndNoDockerUser) {
  auto host = published(kPublished);
  host.daemon->is_podman = true;
  EXPECT_THAT(look_at_reach(host)[0].why, HasSubstr("Podman lets in"));
  EXPECT_THAT(look_at_reach(host)[0].instead, AllOf(HasSubstr("FORWARD"), Not(HasSubstr("DOCKER-USER"))));
  host = published(filter(""));
  host.daemon->is_podman = true;
  host.host.facts.docker->containers[0].ports.clear();
  EXPECT_THAT(message_of(look_at_reach(host), "containers-open-to-neighbours"),
              HasSubstr("Podman's network bridge"));
}

// Ports that are published need a policy of ACCEPT there: its chains let in only what containers have asked.
TEST(LookAtReach, TheRuleAdvisedBesidePodmanClosesWhatIsNotPublished) {
  auto host = published(filter(""));
  host.daemon->is_podman = true;
  host.host.facts.docker->containers[0].ports.clear();
  auto advice = look_at_reach(host)[0].instead;
  auto rule = advice.substr(advice.find("`-i") + 1);
  rule = rule.substr(0, rule.find('`'));
  EXPECT_THAT(rule, HasSubstr("-d 172.17.0.0/16 "));
  host.host.state.iptables = rules_of(filter("-A FORWARD " + rule + "\n"));
  EXPECT_THAT(ids_of(look_at_reach(host)), Not(Contains("containers-open-to-neighbours")));
}

TEST(LookAtReach, WhereDockersRulesAreNotSeenNeighboursAreNotSaidToGetThrough) {
  auto host = published(filter(""));
  host.host.facts.docker->containers[0].ports.clear();
  host.daemon->firewall_backend = "nftables";
  EXPECT_THAT(ids_of(look_at_reach(host)), Not(Contains("containers-open-to-neighbours")));
  host.daemon->firewall_backend = "iptables";
  EXPECT_THAT(ids_of(look_at_reach(host)), Contains("containers-open-to-neighbours"));
  host.daemon->is_rootless = true;
  EXPECT_THAT(ids_of(look_at_reach(host)), Not(Contains("containers-open-to-neighbours")));
}

TEST(LookAtReach, WithoutRulesNothingIsProved) {
  auto host = published(kPublished);
  host.are_rules_known = false;
  EXPECT_THAT(look_at_reach(host), IsEmpty());
}

}  // namespace
}  // namespace pyfw
