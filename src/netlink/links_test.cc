#include "netlink/links.h"

#include <net/if.h>

#include <algorithm>

#include "netlink/netlink_facts.h"
#include "sys/namespace_for_tests.h"

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
  sh("ip link add br0 type bridge && ip link add one address 02:00:00:00:00:0a type veth peer name two &&"
     " ip link set one master br0 up && ip addr add 192.0.2.1/24 dev one");
  auto one = interface("one");
  EXPECT_EQ(one.kind, "veth");
  EXPECT_EQ(one.bridge, "br0");
  EXPECT_TRUE(one.is_up);
  EXPECT_EQ(one.mac, (Mac{2, 0, 0, 0, 0, 0x0a}));
  EXPECT_EQ(one.index, if_nametoindex("one"));
  EXPECT_EQ(one.peer_index, if_nametoindex("two"));
  EXPECT_THAT(one.addresses, Contains(*Prefix::parse("192.0.2.1/24")));
  EXPECT_EQ(interface("br0").kind, "bridge");
  EXPECT_FALSE(interface("two").is_up);
}

TEST_F(LinksOf, TheLoopbackHasNeitherKindNorHardwareAddress) {
  auto lo = interface("lo");
  EXPECT_EQ(lo.kind, "");
  EXPECT_EQ(lo.mac, std::nullopt);
  EXPECT_EQ(lo.index, 1);
  EXPECT_EQ(lo.peer_index, 0);
}

TEST_F(LinksOf, OnlyABridgeHasPorts) {
  sh("ip link add one type veth peer name two");
  if (expect(run({"/bin/sh", "-ec", "ip link add bond0 type bond && ip link set one master bond0"})).status !=
      0)
    GTEST_SKIP() << "there are no bonds here";
  EXPECT_EQ(interface("one").bridge, "");
}

TEST_F(LinksOf, OfAPointToPointLinkTheOwnAddressCounts) {
  sh("ip link add one type veth peer name two && ip addr add 192.0.2.1 peer 192.0.2.9/32 dev one");
  EXPECT_THAT(interface("one").addresses, Contains(*Prefix::parse("192.0.2.1/32")));
}

TEST_F(LinksOf, WhatEachRunReadsIsOnlyWhatItNeeds) {
  sh("ip link add br0 type bridge && ip link add one type veth peer name two && ip link set one master br0 "
     "up &&"
     " ip link set lo up && ip addr add 192.0.2.1/24 dev one && ip route add default via 192.0.2.254 metric "
     "7 &&"
     " ip route add default dev one table 100 && ip route add blackhole 198.51.100.0/24");
  auto facts = expect(read_facts());
  auto one = std::ranges::find(facts.interfaces, "one", &Interface::name);
  ASSERT_NE(one, facts.interfaces.end());
  auto addresses = one->addresses;
  EXPECT_EQ(*one, (Interface{.name = "one", .is_up = true, .bridge = "br0", .addresses = addresses}));
  EXPECT_EQ(external_interface(facts, Family::kIpv4), "one");
  for (const auto& route : facts.routes) {
    EXPECT_EQ(route.table, kMainTable);
    EXPECT_EQ(route.type, RouteType::kUnicast);
  }
  EXPECT_TRUE(facts.rules.empty());
  EXPECT_FALSE(facts.settings || facts.listeners || facts.docker);
}

}  // namespace
}  // namespace pyfw
