#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;
constexpr auto kDepends = Answer::kDepends;

TEST(MatchMac, OnlyWhatCameInHasOne) {
  auto packet = web_request();
  expect_answers(packet, {{"-m mac --mac-source 42:01:02:03:04:05", kDepends}});
  packet.packet.source_mac = Mac{0x42, 1, 2, 3, 4, 5};
  expect_answers(packet, {{"-m mac --mac-source 42:01:02:03:04:05", kYes},
                          {"-m mac ! --mac-source 42:01:02:03:04:05", kNo},
                          {"-m mac --mac-source 42:01:02:03:04:06", kNo},
                          {"-m mac ! --mac-source 42:01:02:03:04:06", kYes}});
  packet.in_interface = "lo";
  expect_answers(packet, {{"-m mac ! --mac-source 42:01:02:03:04:06", kNo}});
}

TEST(MatchPkttype, AsTheLinkSaid) {
  auto packet = web_request();
  expect_answers(packet, {{"-m pkttype --pkt-type unicast", kYes},
                          {"-m pkttype ! --pkt-type unicast", kNo},
                          {"-m pkttype --pkt-type broadcast", kNo}});
  packet.type = PacketType::kMulticast;
  expect_answers(packet, {{"-m pkttype --pkt-type multicast", kYes}});
}

// pkttype_mt() in the kernel's xt_pkttype.c.
TEST(MatchPkttype, WhatWasLoopedBackIsToldByItsAddress) {
  auto packet = web_request();
  packet.type = PacketType::kLoopback;
  packet.packet.destination = ip("224.0.0.251");
  expect_answers(packet, {{"-m pkttype --pkt-type multicast", kYes}});
  packet.packet.destination = ip("192.0.2.255");
  expect_answers(packet, {{"-m pkttype --pkt-type broadcast", kYes}});
}

Encounter bridged() {
  auto packet = web_request();
  packet.hook = Hook::kForward;
  packet.in_interface = packet.out_interface = "br0";
  packet.physical_in = "lan0";
  packet.physical_out = "lan1";
  packet.is_bridged = true;
  return packet;
}

TEST(MatchPhysdev, PortsOfABridge) {
  expect_answers(bridged(), {
                                {"-m physdev --physdev-in lan0 --physdev-out lan1", kYes},
                                {"-m physdev --physdev-in lan+ ! --physdev-out lan1", kNo},
                                {"-m physdev ! --physdev-in lan1", kYes},
                                {"-m physdev --physdev-is-in --physdev-is-out", kYes},
                                {"-m physdev --physdev-is-bridged", kYes},
                                {"-m physdev ! --physdev-is-bridged", kNo},
                            });
}

TEST(MatchPhysdev, WhatABridgeHandsToTheHostLeavesByNoPort) {
  auto packet = bridged();
  packet.physical_out.clear();
  packet.is_bridged = false;
  expect_answers(packet, {{"-m physdev --physdev-is-in", kYes},
                          {"-m physdev ! --physdev-is-bridged", kYes},
                          {"-m physdev --physdev-out lan1", kNo},
                          {"-m physdev ! --physdev-out lan1", kNo}});
}

// physdev_mt() in the kernel's xt_physdev.c.
TEST(MatchPhysdev, WithoutABridgeJustWhatIsInvertedHolds) {
  expect_answers(web_request(), {
                                    {"-m physdev --physdev-in lan0", kNo},
                                    {"-m physdev ! --physdev-in lan0", kYes},
                                    {"-m physdev ! --physdev-out lan0 ! --physdev-is-bridged", kYes},
                                    {"-m physdev --physdev-is-in", kNo},
                                    {"-m physdev ! --physdev-is-out", kYes},
                                });
}

TEST(MatchPhysdev, APortThatIsNotKnownYetDepends) {
  auto packet = bridged();
  packet.physical_out.clear();
  expect_answers(packet,
                 {{"-m physdev --physdev-out lan1", kDepends}, {"-m physdev --physdev-is-bridged", kYes}});
}

}  // namespace
}  // namespace pyfw
