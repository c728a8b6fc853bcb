// What random packets through a real kernel have shown (tests/differential), each as a packet of its own.

#include <gtest/gtest.h>

#include "trace/compiled_host.h"
#include "trace/flow.h"
#include "trace/host_for_tests.h"
#include "trace/refusals.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

std::string nat(std::string_view rules) {
  return "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT "
         "[0:0]\n" +
         std::string(rules) + "COMMIT\n";
}

Path of(const HostForTests& made, const Arrival& arrival) { return trace_packet(made.traced(), arrival); }

TEST(KernelFindings, WhatCameToEveryoneIsNotForwardedEvenAfterDnat) {
  HostForTests made;
  made.rules(nat("-A PREROUTING -p tcp -j DNAT --to-destination 10.1.0.9\n"));
  EXPECT_EQ(of(made, {.packet = tcp("192.0.2.9", "192.0.2.1", 80), .in_interface = "eth0"}).ending.kind,
            EndKind::kForwarded);
  auto broadcast = of(made, {.packet = tcp("192.0.2.9", "192.0.2.255", 80), .in_interface = "eth0"});
  EXPECT_EQ(broadcast.ending.reason, DropReason::kNotForUs);
}

TEST(KernelFindings, ReversePathOfAPacketToAGroupIsValidatedToo) {
  HostForTests made;
  std::erase_if(made.facts().routes, [](const Route& route) { return route.destination.length == 0; });
  made.facts().settings->interfaces["eth0"].rp_filter = 1;
  auto to_group = [&](std::string_view source) {
    return of(made, {.packet = udp(source, "224.0.0.1", 80), .in_interface = "eth0"}).ending;
  };
  EXPECT_EQ(to_group("192.0.2.9").kind, EndKind::kDelivered);
  EXPECT_EQ(to_group("203.0.113.5").reason, DropReason::kReversePath);
}

TEST(KernelFindings, WayBackThatRefusesIsNoMartianWithoutTheReversePathFilter) {
  HostForTests made;
  made.route("203.0.113.0/24", "").type = RouteType::kProhibit;
  made.facts().rules = {{.priority = 0, .table = kLocalTable},
                        {.priority = 100, .mark = 1, .mark_mask = 1, .table = 100},
                        {.priority = 32766, .table = kMainTable}};
  Arrival arrival{.packet = tcp("203.0.113.5", "192.0.2.1", 80), .in_interface = "eth0"};
  EXPECT_EQ(of(made, arrival).ending.kind, EndKind::kDelivered);
  made.facts().settings->interfaces["eth0"].rp_filter = 2;
  EXPECT_EQ(of(made, arrival).ending.reason, DropReason::kReversePath);
}

TEST(KernelFindings, OnlyAddressesOfInterfacesAreMartianSourcesUnlessThePacketTurnsRound) {
  HostForTests made;
  made.facts().settings->interfaces["eth1"] = {.route_localnet = true, .forwards_ipv4 = true};
  auto from_eth1 = [&](std::string_view source, std::string_view destination) {
    return of(made, {.packet = tcp(source, destination, 80), .in_interface = "eth1"}).ending;
  };
  EXPECT_EQ(from_eth1("127.0.0.5", "192.0.2.9").kind, EndKind::kForwarded);
  EXPECT_EQ(from_eth1("127.0.0.1", "192.0.2.9").reason, DropReason::kMartianSource);
  EXPECT_EQ(from_eth1("127.0.0.5", "10.1.0.9").reason, DropReason::kMartianSource);
}

TEST(KernelFindings, Ipv6ChoosesItsSourceByAddressScopeInterfaceAndPrefix) {
  HostForTests made;
  made.interface("eth2", {"fd00::1/64", "fe80::1/64"});
  made.route("fd00::/64", "eth2");
  made.ipv6_rules(nat("-A POSTROUTING -j MASQUERADE\n-A OUTPUT -p udp -j REDIRECT\n"));
  auto source = [&](const Arrival& arrival) { return of(made, arrival).last.packet.source; };
  EXPECT_EQ(source({.packet = tcp("2001:db8::9", "fd00::9", 80), .in_interface = "eth0"}), ip("fd00::1"));
  EXPECT_EQ(source({.packet = tcp("fd00::9", "2001:db8::9", 80), .in_interface = "eth2"}), ip("2001:db8::1"));
  // By lo, where the best one is the destination itself.
  EXPECT_EQ(source({.packet = tcp("fd00::1", "2001:db8::1", 80)}), ip("2001:db8::1"));
  EXPECT_EQ(source({.packet = udp("2001:db8::1", "2001:db8::9", 80)}), ip("::1"));
}

TEST(KernelFindings, RedirectOfAGroupOfTheLinkTakesALinkLocalAddress) {
  HostForTests made;
  made.interface("eth2", {"2001:db8:2::1/64", "fe80::2/64"});
  made.ipv6_rules(nat("-A PREROUTING -j REDIRECT\n"));
  auto to = [&](std::string_view destination) {
    return of(made, {.packet = tcp("2001:db8:2::9", destination, 80), .in_interface = "eth2"}).last.packet;
  };
  EXPECT_EQ(to("ff02::1").destination, ip("fe80::2"));
  EXPECT_EQ(to("2001:db8::9").destination, ip("2001:db8:2::1"));
}

TEST(KernelFindings, RedirectOfLoopbackFindsNoAddressOfItsScopeAndDrops) {
  HostForTests made;
  made.interface("br6", {"2001:db8:6::1/64", "fe80::6/64"}).kind = "bridge";
  made.interface("port6", {}).bridge = "br6";
  made.ipv6_rules(nat("-A PREROUTING -j REDIRECT\n"));
  auto to = [&](std::string_view destination) {
    return of(made, {.packet = tcp("2001:db8:6::9", destination, 80),
                     .in_interface = "port6",
                     .frame_for = FrameFor::kHost})
        .ending;
  };
  EXPECT_EQ(to("::1").kind, EndKind::kDropped);
  EXPECT_EQ(to("2001:db8::9").kind, EndKind::kDelivered);
}

TEST(KernelFindings, WhatDnatLeadsBackIntoABridgeNeedsNoForwardingOfIpv6) {
  HostForTests made;
  made.interface("br6", {"2001:db8:6::1/64", "10.6.0.1/24"}).kind = "bridge";
  made.interface("port6", {}).bridge = "br6";
  made.route("2001:db8:6::/64", "br6");
  made.route("10.6.0.0/24", "br6");
  made.facts().settings->ip_forward = false;
  made.facts().settings->interfaces["all"] = made.facts().settings->interfaces["br6"] = {};
  made.rules(nat("-A PREROUTING -p tcp -j DNAT --to-destination 10.6.0.8\n"));
  made.ipv6_rules(nat("-A PREROUTING -p tcp -j DNAT --to-destination 2001:db8:6::8\n"));
  auto from_port = [&](const Packet& packet) {
    return of(made, {.packet = packet, .in_interface = "port6", .frame_for = FrameFor::kHost}).ending;
  };
  EXPECT_EQ(from_port(tcp("2001:db8:6::9", "2001:db8:6::1", 80)).kind, EndKind::kForwarded);
  EXPECT_EQ(from_port(tcp("10.6.0.9", "10.6.0.1", 80)).reason, DropReason::kNoForwarding);
  EXPECT_EQ(from_port(udp("2001:db8:6::9", "2001:db8::9", 80)).reason, DropReason::kNoForwarding);
  EXPECT_EQ(from_port(udp("10.6.0.9", "192.0.2.9", 80)).reason, DropReason::kNoForwarding);
}

TEST(KernelFindings, TcpIsAssuredOnceItWasAcknowledgedAfterAnAnswer) {
  HostForTests made;
  made.rules(filter("-A INPUT -m conntrack --ctstatus ASSURED\n"));
  auto host = made.traced();
  auto assured_after = [&](std::uint8_t first, std::uint8_t answer) {
    auto packet = tcp("192.0.2.9", "192.0.2.1", 80);
    std::vector<Connection> known;
    auto pass = [&](bool is_reply, std::uint8_t flags) {
      packet.tcp_flags = flags;
      Arrival arrival{.packet = packet, .in_interface = "eth0", .connections = known};
      if (is_reply) {
        arrival.in_interface.clear();
        std::swap(arrival.packet.source, arrival.packet.destination);
        std::swap(arrival.packet.source_port, arrival.packet.destination_port);
      }
      auto path = trace_packet(host, arrival);
      if (auto entry = entry_of(path)) known = {*entry};
      return (known.front().status & kAssured) != 0;
    };
    EXPECT_FALSE(pass(false, first));
    EXPECT_FALSE(pass(true, answer));
    return pass(false, kAck);
  };
  EXPECT_TRUE(assured_after(kSyn, kSyn | kAck));
  EXPECT_TRUE(assured_after(kPsh | kAck, kAck));
  EXPECT_FALSE(assured_after(kSyn, kAck));
}

TEST(KernelFindings, NatInputComesBeforeSecurityOnNftAndAfterItOnLegacy) {
  auto rules = nat("-A INPUT -p udp -j ACCEPT\n") +
               "*security\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -m "
               "conntrack --ctstate INVALID -j DROP\nCOMMIT\n";
  Arrival arrival{.packet = tcp("192.0.2.9", "192.0.2.1", 80), .in_interface = "eth0"};
  auto nft = HostForTests().rules(rules).traced();
  EXPECT_EQ(way_of(nft, trace_packet(nft, arrival)),
            "nat PREROUTING policy, nat INPUT policy, security INPUT policy");
  auto legacy = HostForTests().legacy_rules(rules).traced();
  EXPECT_EQ(way_of(legacy, trace_packet(legacy, arrival)),
            "nat PREROUTING policy, security INPUT policy, nat INPUT policy");
}

TEST(KernelFindings, BridgeShowsRulesWhatIpv6WouldNotTakeFromAWire) {
  HostForTests made;
  made.interface("br6", {"2001:db8:6::1/64"}).kind = "bridge";
  made.interface("port6", {}).bridge = "br6";
  made.ipv6_rules("*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n");
  auto host = made.traced();
  auto from = [&](std::string interface) {
    Arrival arrival{.packet = tcp("2001:db8:6::9", "::1", 80),
                    .in_interface = std::move(interface),
                    .frame_for = FrameFor::kHost};
    auto path = trace_packet(host, arrival);
    EXPECT_EQ(path.ending.reason, DropReason::kMartianSource);
    return way_of(host, path);
  };
  EXPECT_EQ(from("port6"), "raw PREROUTING policy");
  EXPECT_EQ(from("eth0"), "");
}

TEST(KernelFindings, RawLooksBeforeConntrackKnowsWhatAnErrorIsAbout) {
  HostForTests made;
  made.rules(
      "*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m connmark --mark 0x0\nCOMMIT\n");
  auto host = made.traced();
  auto first = trace_packet(host, {.packet = udp("192.0.2.9", "192.0.2.1", 53), .in_interface = "eth0"});
  auto known = entry_of(first);
  ASSERT_TRUE(known.has_value());
  known->is_reply = true;
  Packet error{.source = ip("192.0.2.1"), .destination = ip("192.0.2.9"), .protocol = kIcmp, .icmp_type = 3};
  Arrival own{.packet = error, .state = CtState::kRelated, .connection = known};
  EXPECT_EQ(way_of(host, trace_packet(host, own)), "raw OUTPUT policy");
  own.is_kernels_answer = true;
  EXPECT_EQ(way_of(host, trace_packet(host, own)), "raw OUTPUT 1, raw OUTPUT policy");
}

TEST(KernelFindings, AnAnswerThatNatTurnsToLoopbackComesInByLoopbackOnly) {
  HostForTests made;
  std::erase_if(made.facts().routes, [](const Route& route) { return route.destination.length == 0; });
  made.ipv6_rules(nat("-A PREROUTING -j DNAT --to-destination ::1\n"));
  auto in_by_eth0 = of(made, {.packet = tcp("2001:db8::9", "2001:db8::1", 80), .in_interface = "eth0"});
  EXPECT_EQ(in_by_eth0.ending.kind, EndKind::kDropped);
  EXPECT_EQ(in_by_eth0.ending.reason, DropReason::kNoRoute);
}

TEST(KernelFindings, ABridgesPortGivesNothingBackUnlessItIsInHairpinMode) {
  HostForTests made;
  made.with_docker().rules(nat("-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2:80\n"));
  Arrival arrival{.packet = tcp("172.17.0.2", "172.17.0.1", 8000), .in_interface = "veth2"};
  made.facts().docker->userland_proxy = true;
  EXPECT_EQ(of(made, arrival).ending.reason, DropReason::kNoHairpin);
  made.facts().docker->userland_proxy = false;
  EXPECT_EQ(of(made, arrival).ending.kind, EndKind::kForwarded);
  made.facts().docker.reset();
  EXPECT_FALSE(of(made, arrival).questions.empty());
}

TEST(KernelFindings, WhoIsBehindWhichPortOfABridgeIsAskedWhereDockerDoesNotTell) {
  HostForTests made;
  made.rules(nat("-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.3:80\n"));
  Arrival arrival{.packet = tcp("172.17.0.2", "172.17.0.1", 8000), .in_interface = "veth2"};
  auto asked = of(made, arrival).questions;
  ASSERT_EQ(asked.size(), 1);
  EXPECT_EQ(asked[0].on, "whether 172.17.0.3 is behind veth2 too");
  made.with_docker();
  EXPECT_TRUE(of(made, arrival).questions.empty());
}

TEST(KernelFindings, WithoutPortsTwoCanNotBecomeOneTowardsTheSameHost) {
  HostForTests made;
  made.rules(nat("-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.1\n"));
  auto host = made.traced();
  auto from = [&](std::string_view source, std::uint8_t protocol, std::span<const Connection> known) {
    auto packet = udp(source, "192.0.2.9", 80);
    packet.protocol = protocol;
    return trace_packet(host, {.packet = packet, .in_interface = "eth1", .connections = known});
  };
  for (std::uint8_t protocol : {kEsp, kDccp}) {
    auto first = entry_of(from("10.1.0.8", protocol, {}));
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(from("10.1.0.9", protocol, {&*first, 1}).ending.reason, DropReason::kNoPortLeft);
  }
  auto first = entry_of(from("10.1.0.8", kUdp, {}));
  EXPECT_EQ(from("10.1.0.9", kUdp, {&*first, 1}).ending.kind, EndKind::kForwarded);
}

// It seems to have come in by where it leaves.
TEST(KernelFindings, LinkLocalSourcesLeaveABridgeThatNatLedThemOutOf) {
  HostForTests made;
  made.ipv6_rules(
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d fd17::3/128 -j DNAT --to-destination "
      "2001:db8::9\nCOMMIT\n");
  made.route("fd17::/64", "docker0");
  auto by = [&](FrameFor frame_for, std::string_view destination) {
    return of(made,
              {.packet = tcp("fe80::9", destination, 80), .in_interface = "veth2", .frame_for = frame_for})
        .ending;
  };
  auto led = by(FrameFor::kBridge, "fd17::3");
  EXPECT_EQ(led.kind, EndKind::kForwarded);
  EXPECT_EQ(led.interface, "eth0");
  EXPECT_EQ(by(FrameFor::kHost, "2001:db8::9").reason, DropReason::kStaysOnLink);
}

TEST(KernelFindings, LinkLocalSourcesAreForwardedOnlyBackToTheirLink) {
  HostForTests made;
  made.interface("eth2", {"2001:db8:2::1/64"});
  made.route("2001:db8:2::/64", "eth2");
  auto to = [&](std::string_view destination) {
    return of(made, {.packet = tcp("fe80::9", destination, 80), .in_interface = "eth0"}).ending;
  };
  EXPECT_EQ(to("2001:db8:2::9").reason, DropReason::kStaysOnLink);
  EXPECT_EQ(to("2001:db8::9").kind, EndKind::kForwarded);
  // It is told so: beyond the scope of its source.
  auto host = made.traced();
  auto told = trace_flow(host, {.packet = tcp("fe80::9", "2001:db8:2::9", 80), .in_interface = "eth0"});
  EXPECT_EQ(told.verdict.outcome, FlowOutcome::kRefused);
  ASSERT_EQ(told.legs.size(), 2U);
  EXPECT_EQ(told.legs[1].packet.icmp_type, 1);
  EXPECT_EQ(told.legs[1].packet.icmp_code, 2);
}

TEST(KernelFindings, ReversePathOfIpv6TakesGroupsAndOwnAddressesByAnyInterface) {
  HostForTests made;
  made.interface("eth2", {"2001:db8:2::1/64"});
  made.facts().routes.push_back(
      {.destination = *Prefix::parse("ff00::/8"), .interface = "eth2", .type = RouteType::kMulticast});
  auto passes = [&](std::string_view source, bool accepts_local) {
    auto host = made.traced();
    return host.compiled().surroundings.passes_rpfilter({.source = ip(source),
                                                         .destination = ip("2001:db8::1"),
                                                         .in_interface = "eth2",
                                                         .accepts_local = accepts_local});
  };
  EXPECT_EQ(passes("ff02::1", false), true);
  EXPECT_EQ(passes("2001:db8::1", false), false);
  EXPECT_EQ(passes("2001:db8::1", true), true);
}

TEST(KernelFindings, FromNobodyToNobodyIsABroadcast) {
  HostForTests made;
  auto to = [&](std::string_view destination) {
    return of(made, {.packet = udp("0.0.0.0", destination, 67), .in_interface = "eth0"}).ending;
  };
  EXPECT_EQ(to("0.0.0.0").kind, EndKind::kDelivered);
  EXPECT_EQ(to("192.0.2.1").reason, DropReason::kMartianSource);
}

TEST(KernelFindings, WhatTheHostBroadcastsComesToItselfTooBeforeItLeaves) {
  HostForTests made;
  made.rules(filter("-A INPUT -i eth0 -m pkttype --pkt-type broadcast -j DROP\n"));
  auto host = made.traced();
  auto path = trace_packet(host, {.packet = udp("192.0.2.1", "192.0.2.255", 53)});
  EXPECT_EQ(way_of(host, path), "filter OUTPUT policy, filter INPUT 1");
  ASSERT_EQ(path.copies.size(), 1);
  EXPECT_EQ(path.copies[0].ending.kind, EndKind::kDropped);
  EXPECT_EQ(path.ending.kind, EndKind::kSent);
  EXPECT_TRUE(of(made, {.packet = udp("192.0.2.1", "192.0.2.9", 53)}).copies.empty());
}

TEST(KernelFindings, ABridgeGivesWhatIsForEveryoneToItsOtherPortsAndToTheHost) {
  HostForTests made;
  made.rules(filter("-A FORWARD -m physdev --physdev-out veth3 -j DROP\n"));
  auto path = of(made, {.packet = udp("172.17.0.2", "172.17.255.255", 53), .in_interface = "veth2"});
  ASSERT_EQ(path.copies.size(), 1);
  EXPECT_EQ(path.copies[0].ending.kind, EndKind::kDropped);
  EXPECT_EQ(path.ending.kind, EndKind::kDelivered);
}

TEST(KernelFindings, WhereNoHookSeesWhatABridgeCarriesItStillGivesToItsOtherPorts) {
  HostForTests made;
  made.rules(filter("-A FORWARD -j DROP\n-A INPUT -m pkttype --pkt-type broadcast -j DROP\n"));
  made.facts().settings->bridge_nf_call_iptables = false;
  auto path = of(made, {.packet = udp("172.17.0.2", "172.17.255.255", 53), .in_interface = "veth2"});
  ASSERT_EQ(path.copies.size(), 1);
  EXPECT_EQ(path.copies[0].ending.kind, EndKind::kForwarded);
  EXPECT_EQ(path.copies[0].ending.interface, "veth3");
  EXPECT_EQ(path.ending.kind, EndKind::kDropped);
}

TEST(KernelFindings, WhatNatMakesAGroupsIsTakenFromNobodyEvenByLoopback) {
  HostForTests made;
  made.ipv6_rules(nat("-A PREROUTING -j NETMAP --to 2001:db8::/64\n"));
  auto request = udp("2001:db8::1", "ff02::1", 53);
  auto known = entry_of(of(made, {.packet = request, .in_interface = "eth0"}));
  ASSERT_TRUE(known.has_value());
  auto answer = udp("2001:db8::1", "2001:db8::1", request.source_port);
  answer.source_port = request.destination_port;
  EXPECT_EQ(of(made, {.packet = answer, .connections = {&*known, 1}}).ending.reason,
            DropReason::kMartianSource);
}

TEST(KernelFindings, AResetGoesStraightBackByABridgesPortOnlyWhereARouteLeadsToTheSender) {
  HostForTests made;
  std::erase_if(made.facts().routes, [](const Route& route) { return route.destination.length == 0; });
  made.rules(filter("-A INPUT -p tcp -j REJECT --reject-with tcp-reset\n"));
  auto host = made.traced();
  auto refusal_of = [&](std::string_view source) {
    Leg leg{.packet = tcp(source, "172.17.0.1", 80), .in_interface = "veth2"};
    leg.path = trace_packet(
        host, {.packet = leg.packet, .in_interface = leg.in_interface, .frame_for = FrameFor::kHost});
    return refusal_by_rule(host, leg);
  };
  auto known = refusal_of("172.17.0.2");
  ASSERT_TRUE(known.straight.has_value());
  EXPECT_EQ(known.straight->ending.interface, "veth2");
  EXPECT_FALSE(refusal_of("203.0.113.5").straight.has_value());
}

}  // namespace
}  // namespace pyfw
