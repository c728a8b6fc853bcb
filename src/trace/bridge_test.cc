// Traffic that a bridge carries, and what it carries to the host.

#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

// As Linux 6.18 did it in namespaces.
TEST(Bridge, ThePortStaysKnownWhereThePacketIsForTheHost) {
  auto host = HostForTests().rules(filter("-A INPUT -m physdev --physdev-in veth2 -j DROP\n")).traced();
  auto path = trace_packet(host, {.packet = tcp("172.17.0.2", "172.17.0.1", 80), .in_interface = "veth2"});
  EXPECT_EQ(way_of(host, path), "filter INPUT 1");
  EXPECT_EQ(path.last.in_interface, "docker0");
}

TEST(Bridge, WhatDnatLeadsBackIntoTheBridgeGoesFromPortToPort) {
  auto host =
      HostForTests()
          .with_docker()
          .rules(
              "*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
              "-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.3:80\nCOMMIT\n" +
              filter("-A FORWARD -i docker0 -o docker0 -m physdev --physdev-in veth2 --physdev-out veth3 "
                     "--physdev-is-bridged -j ACCEPT\n-A FORWARD -j DROP\n"))
          .traced();
  auto path = trace_packet(host, {.packet = tcp("172.17.0.2", "172.17.0.1", 8000), .in_interface = "veth2"});
  EXPECT_EQ(path.ending.kind, EndKind::kForwarded);
  EXPECT_EQ(path.ending.interface, "veth3");
  EXPECT_EQ(path.last.packet.ttl, 64);
}

TEST(Bridge, PreroutingIsPassedOnceAndNoRoutingDecidesOfWhatStaysWithin) {
  auto host = HostForTests().rules(all_chains("LOG")).traced();
  auto path = trace_packet(host, {.packet = tcp("172.17.0.2", "172.17.0.3", 80), .in_interface = "veth2"});
  EXPECT_EQ(chains_of(host, path, "mangle"), "PREROUTING FORWARD POSTROUTING");
  EXPECT_TRUE(path.routings.empty());
}

TEST(Bridge, AContainersPortIsFoundByItsAddress) {
  auto host =
      HostForTests().with_docker().rules(filter("-A INPUT -m physdev --physdev-in veth3 -j DROP\n")).traced();
  auto path = trace_packet(host, {.packet = tcp("172.17.0.3", "172.17.0.1", 80), .in_interface = "docker0"});
  EXPECT_EQ(way_of(host, path), "filter INPUT 1");
}

TEST(Bridge, ABridgeWithoutAnAddressOfTheHostStillCarriesFrames) {
  HostForTests made;
  made.interface("br0", {}).kind = "bridge";
  made.interface("port1", {}).bridge = "br0";
  auto host = made.rules(filter("-A FORWARD -j DROP\n")).traced();
  Arrival arrival{.packet = tcp("198.51.100.1", "198.51.100.2", 80),
                  .in_interface = "port1",
                  .frame_for = FrameFor::kBridge};
  EXPECT_EQ(way_of(host, trace_packet(host, arrival)), "filter FORWARD 1");
}

TEST(Bridge, WhetherTheHooksOfIpSeeItIsAQuestionWhereNobodyHasLooked) {
  HostForTests made;
  made.facts().settings.reset();
  auto host = made.rules(filter("-A FORWARD -j DROP\n")).traced();
  auto paths = all_paths(host, {.packet = tcp("172.17.0.2", "172.17.0.3", 80), .in_interface = "veth2"});
  ASSERT_EQ(paths.size(), 2);
  EXPECT_EQ(paths[0].questions[0].on, "net.bridge.bridge-nf-call-iptables");
  EXPECT_EQ(paths[0].ending.kind, EndKind::kForwarded);
  EXPECT_EQ(paths[1].ending.kind, EndKind::kDropped);
}

}  // namespace
}  // namespace pyfw
