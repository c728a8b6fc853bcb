#include "doctor/examined_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

void add_network(Examined& host, std::string name, std::string driver) {
  host.host.facts.docker->networks.push_back({.name = std::move(name), .driver = std::move(driver)});
}

void put_container_in(Examined& host, const std::string& network) {
  host.host.facts.docker->containers[0].addresses.push_back(
      {.network = network, .ip = ip("198.51.100.7"), .length = 24});
}

TEST(LookAtDockersNetworks, BridgesAreFine) {
  auto host = with_docker(kPublished);
  add_network(host, "host", "host");
  add_network(host, "none", "null");
  EXPECT_THAT(look_at_docker_networks(host), IsEmpty());
}

TEST(LookAtDockersNetworks, WhatGoesPastTheRulesMattersWhereAContainerIsInIt) {
  for (const char* driver : {"macvlan", "ipvlan"}) {
    auto host = with_docker(kPublished);
    add_network(host, "lan", driver);
    EXPECT_EQ(severity_of(look_at_docker_networks(host), "docker-network-past-the-rules"), Severity::kNote);
    put_container_in(host, "lan");
    auto found = look_at_docker_networks(host);
    EXPECT_EQ(severity_of(found, "docker-network-past-the-rules"), Severity::kWarning);
    EXPECT_THAT(found[0].message,
                HasSubstr(std::string("lan (") + driver + ") goes past this host's rules, with a"));
  }
}

TEST(LookAtDockersNetworks, NetworksOfOtherDriversAreNamed) {
  auto host = with_docker(kPublished);
  add_network(host, "far", "overlay");
  add_network(host, "plugged", "weave");
  EXPECT_THAT(ids_of(look_at_docker_networks(host)),
              ElementsAre("docker-network-of-others", "docker-network-of-others"));
}

TEST(LookAtDockersNetworks, ASwarmIsSaidOnce) {
  auto host = with_docker(kPublished);
  add_network(host, "ingress", "overlay");
  host.daemon->is_in_swarm = true;
  EXPECT_THAT(ids_of(look_at_docker_networks(host)), ElementsAre("docker-swarm"));
}

TEST(LookAtDockersApi, OneThatAsksForNoCertificateIsAnError) {
  auto host = with_docker(kPublished);
  EXPECT_THAT(look_at_docker_api(host), IsEmpty());
  host.daemon->apis = {{.address = "0.0.0.0:2375", .is_local = false}};
  EXPECT_EQ(severity_of(look_at_docker_api(host), "docker-api-open"), Severity::kError);
  EXPECT_THAT(look_at_docker_api(host)[0].message, HasSubstr("0.0.0.0:2375"));
  host.daemon->asks_for_certificates = true;
  EXPECT_THAT(look_at_docker_api(host), IsEmpty());
}

TEST(LookAtDockersNetworks, OfPodmanTheyAreCalledPodmans) {
  auto host = with_docker(kPublished);
  host.host.facts.docker->networks[0].driver = "macvlan";
  EXPECT_THAT(look_at_docker_networks(host)[0].message, StartsWith("Docker's network bridge"));
  host.daemon->is_podman = true;
  EXPECT_THAT(look_at_docker_networks(host)[0].message, StartsWith("Podman's network bridge"));
}

}  // namespace
}  // namespace pyfw
