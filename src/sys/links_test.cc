#include "sys/links.h"

#include <net/if.h>

#include <algorithm>

#include "sys/namespace_for_tests.h"
#include "sys/netlink_facts.h"

namespace pyfw {
namespace {

using testing::Contains;

class LinksOf : public InOwnNamespace {
 protected:
  static Interface interface(const std::string& name) {
    auto facts = expect(read_routing_facts());
    auto found = std::ranges::find(facts.interfaces, name, &Interface::name);
    if (found == facts.interfaces.end()) throw std::runtime_error("no " + name);
    return *found;
  }
};

TEST_F(LinksOf, AVethKnowsItsBridgeItsAddressesAndItsOtherEnd) {
  sh("ip link add br0 type bridge && ip link add a address 02:00:00:00:00:0a type veth peer name b &&"
     " ip link set a master br0 up && ip addr add 192.0.2.1/24 dev a");
  auto a = interface("a");
  EXPECT_EQ(a.kind, "veth");
  EXPECT_EQ(a.bridge, "br0");
  EXPECT_TRUE(a.is_up);
  EXPECT_EQ(a.mac, (Mac{2, 0, 0, 0, 0, 0x0a}));
  EXPECT_EQ(a.index, if_nametoindex("a"));
  EXPECT_EQ(a.peer_index, if_nametoindex("b"));
  EXPECT_THAT(a.addresses, Contains(*Prefix::parse("192.0.2.1/24")));
  EXPECT_EQ(interface("br0").kind, "bridge");
  EXPECT_FALSE(interface("b").is_up);
}

TEST_F(LinksOf, TheLoopbackHasNeitherKindNorHardwareAddress) {
  auto lo = interface("lo");
  EXPECT_EQ(lo.kind, "");
  EXPECT_EQ(lo.mac, std::nullopt);
  EXPECT_EQ(lo.index, 1);
  EXPECT_EQ(lo.peer_index, 0);
}

TEST_F(LinksOf, OnlyABridgeHasPorts) {
  sh("ip link add bond0 type bond && ip link add a type dummy && ip link set a master bond0");
  EXPECT_EQ(interface("a").bridge, "");
}

TEST_F(LinksOf, OfAPointToPointLinkTheOwnAddressCounts) {
  sh("ip link add a type dummy && ip addr add 192.0.2.1 peer 192.0.2.9/32 dev a");
  EXPECT_THAT(interface("a").addresses, Contains(*Prefix::parse("192.0.2.1/32")));
}

TEST_F(LinksOf, WhatEachRunReadsIsOnlyWhatItNeeds) {
  sh("ip link add br0 type bridge && ip link add a type veth peer name b && ip link set a master br0 up &&"
     " ip link set lo up && ip addr add 192.0.2.1/24 dev a && ip route add default via 192.0.2.254 metric 7 &&"
     " ip route add default dev a table 100 && ip route add blackhole 198.51.100.0/24");
  auto facts = expect(read_facts());
  auto a = std::ranges::find(facts.interfaces, "a", &Interface::name);
  ASSERT_NE(a, facts.interfaces.end());
  auto addresses = a->addresses;
  EXPECT_EQ(*a, (Interface{.name = "a", .is_up = true, .bridge = "br0", .addresses = addresses}));
  EXPECT_EQ(external_interface(facts, Family::kIpv4), "a");
  for (const auto& route : facts.routes) {
    EXPECT_EQ(route.table, kMainTable);
    EXPECT_EQ(route.type, RouteType::kUnicast);
  }
  EXPECT_TRUE(facts.rules.empty());
  EXPECT_FALSE(facts.settings || facts.listeners || facts.docker);
}

}  // namespace
}  // namespace pyfw
