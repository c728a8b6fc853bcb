#include "prove/end_kinds.h"

#include <gtest/gtest.h>

#include "prove/callers.h"
#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

class EndKindsTest : public testing::Test {
 protected:
  bool are_one(std::string_view a, std::string_view b) {
    auto host = made_.traced();
    EndKinds kinds(host, made_.state().state.sets, ip(a).family());
    return kinds.of_source(ip(a)) == kinds.of_source(ip(b));
  }

  HostForTests made_;
};

TEST_F(EndKindsTest, ThoseByOneRouteAreOneKind) {
  EXPECT_TRUE(are_one("198.51.100.1", "203.0.113.9"));
  EXPECT_FALSE(are_one("198.51.100.1", "10.1.0.9"));
  EXPECT_FALSE(are_one("198.51.100.1", "192.0.2.9"));  // has no gateway between
  EXPECT_FALSE(are_one("10.1.0.9", "10.1.0.1"));       // the host's own
  EXPECT_TRUE(are_one("2001:db8:1::1", "2001:db8:2::1"));
  made_.route("198.51.100.0/24", "eth1", "10.1.0.254");
  EXPECT_FALSE(are_one("198.51.100.1", "203.0.113.9"));
}

TEST_F(EndKindsTest, ARoutingRuleTellsSourcesApart) {
  made_.facts().rules = {{.priority = 10, .from = *Prefix::parse("203.0.113.0/24"), .table = 100}};
  EXPECT_FALSE(are_one("198.51.100.1", "203.0.113.9"));
}

TEST_F(EndKindsTest, ContainersOfABridgeAreOneKindUnlessRulesAskForItsPorts) {
  made_.with_docker();
  EXPECT_TRUE(are_one("172.17.0.2", "172.17.0.3"));
  EXPECT_FALSE(are_one("172.17.0.2", "172.17.0.9"));  // nobody knows its port
  made_.rules(filter("-A INPUT -m physdev --physdev-in veth2 -j DROP\n"));
  EXPECT_FALSE(are_one("172.17.0.2", "172.17.0.3"));
}

TEST_F(EndKindsTest, ANetworkOfAnotherDriverIsNotEvaluated) {
  auto& docker = *made_.with_docker().facts().docker;
  docker.networks.push_back({.name = "lan", .driver = "macvlan"});
  docker.containers[1].addresses.push_back({.network = "lan", .ip = ip("198.51.100.1"), .length = 24});
  docker.containers[1].interfaces.clear();
  EXPECT_FALSE(are_one("198.51.100.1", "198.51.100.2"));
}

TEST_F(EndKindsTest, WhatNatLeavesIsNotWhatItReplaces) {
  made_.rules(
      "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j SNAT --to-source 203.0.113.1-203.0.113.9\n"
      "COMMIT\n");
  EXPECT_FALSE(are_one("203.0.113.5", "203.0.113.10"));
  EXPECT_TRUE(are_one("203.0.113.11", "203.0.113.10"));
}

TEST_F(EndKindsTest, AContainerThatComesBackToItselfIsNotAsItsNeighbours) {
  made_.with_docker().rules(
      "*nat\n:PREROUTING ACCEPT [0:0]\n"
      "-A PREROUTING -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80\nCOMMIT\n");
  made_.facts().docker->userland_proxy = true;
  auto host = made_.traced();
  Reach reach(host, {}, Family::kIpv4, free_of_callers());
  auto destination = ip("192.0.2.1");
  reach.add_address(destination);
  reach.add_port(8000);
  reach.settle();
  auto called =
      callers_of(reach, host, {.packet = tcp("0.0.0.0", "192.0.2.1", 8000), .in_interface = "docker0"});
  ASSERT_TRUE(called);
  auto is_caller = [&](std::string_view source) {
    auto point = point_of(ip(source));
    for (const auto& callers : called->callers)
      for (const auto& span : callers.sources)
        if (span.first <= point && point <= span.last) return true;
    return false;
  };
  EXPECT_TRUE(is_caller("172.17.0.3"));
  EXPECT_FALSE(is_caller("172.17.0.2"));
  EXPECT_EQ(trace_flow(host, {.packet = tcp("172.17.0.2", "192.0.2.1", 8000), .in_interface = "docker0"})
                .verdict.reason,
            DropReason::kNoHairpin);
}

TEST(Beside, AreAllAddressesOfTheContainer) {
  HostForTests made;
  auto& docker = *made.with_docker().facts().docker;
  docker.containers[0].addresses.push_back({.network = "other", .ip = ip("172.18.0.2"), .length = 16});
  auto host = made.traced();
  EXPECT_EQ(beside(host, ip("172.18.0.2")), (std::vector{ip("172.18.0.2"), ip("172.17.0.2")}));
  EXPECT_EQ(beside(host, ip("198.51.100.1")), std::vector{ip("198.51.100.1")});
}

}  // namespace
}  // namespace pyfw
