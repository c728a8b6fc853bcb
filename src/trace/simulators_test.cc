// Each point of what simulators of netfilter get wrong.

#include <gtest/gtest.h>

#include "trace/flow.h"
#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

// 1
TEST(Simulators, NatRulesSeeOnlyAConnectionsFirstPacket) {
  auto host = HostForTests().rules(kPublished).traced();
  auto syn = tcp("203.0.113.9", "192.0.2.1", 8000);
  auto first = trace_packet(host, {.packet = syn, .in_interface = "eth0"});
  std::vector<Connection> known = {*entry_of(first)};
  auto answer = tcp("172.17.0.2", "203.0.113.9", 40000, kSyn | kAck);
  answer.source_port = 80;
  auto back = trace_packet(host, {.packet = answer, .in_interface = "docker0", .connections = known});
  EXPECT_EQ(way_of(host, back), "filter FORWARD 3");
  EXPECT_EQ(back.last.packet.source, ip("192.0.2.1"));
  EXPECT_EQ(back.last.packet.source_port, 8000);

  known = {*entry_of(back)};
  syn.tcp_flags = kAck;
  auto third = trace_packet(host, {.packet = syn, .in_interface = "eth0", .connections = known});
  EXPECT_EQ(way_of(host, third), "filter FORWARD 1, filter DOCKER 1");
  EXPECT_EQ(third.last.packet.destination, ip("172.17.0.2"));
}

// 2
TEST(Simulators, DnatComesBeforeRoutingAndForwardSeesTheContainersPort) {
  auto host = HostForTests().rules(kPublished).traced();
  auto path = trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 8000), .in_interface = "eth0"});
  EXPECT_EQ(way_of(host, path),
            "nat PREROUTING 1, nat DOCKER 2, filter FORWARD 1, filter DOCKER 1, nat POSTROUTING policy");
  EXPECT_EQ(path.ending.kind, EndKind::kForwarded);
  EXPECT_EQ(path.ending.interface, "docker0");
  EXPECT_EQ(path.last.packet.destination_port, 80);
}

// 3
TEST(Simulators, CtorigdstHoldsWhatWasAskedAndMatchesTheRepliesToo) {
  auto host = HostForTests()
                  .rules(with_nat(
                      "-A FORWARD -p tcp -m conntrack --ctorigdst 192.0.2.1 --ctorigdstport 8000 -j ACCEPT\n"
                      "-A FORWARD -j DROP\n"))
                  .traced();
  auto first = trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 8000), .in_interface = "eth0"});
  EXPECT_EQ(first.ending.kind, EndKind::kForwarded);
  std::vector<Connection> known = {*entry_of(first)};
  auto answer = tcp("172.17.0.2", "203.0.113.9", 40000, kSyn | kAck);
  answer.source_port = 80;
  auto back = trace_packet(host, {.packet = answer, .in_interface = "docker0", .connections = known});
  EXPECT_EQ(way_of(host, back), "filter FORWARD 1");
}

// 4
TEST(Simulators, PacketsByLoMeetNatInOutputAndPostroutingAndNotInPreroutingAndInput) {
  auto host = HostForTests().rules(all_chains("LOG") + only_state("NEW")).traced();
  auto path = trace_packet(host, {.packet = tcp("127.0.0.1", "127.0.0.1", 80)});
  EXPECT_EQ(chains_of(host, path, "nat"), "OUTPUT POSTROUTING");
  EXPECT_EQ(chains_of(host, path, "mangle"), "OUTPUT POSTROUTING PREROUTING INPUT");
  EXPECT_EQ(path.ending.kind, EndKind::kDelivered);
}

// 5
TEST(Simulators, AfterDnatInOutputFilterSeesTheOldInterfaceAndPostroutingTheNewOne) {
  auto host =
      HostForTests()
          .rules(
              "*nat\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n"
              "-A OUTPUT -d 203.0.113.5 -p tcp -j DNAT --to-destination 172.17.0.2\n"
              "-A POSTROUTING -o eth0 -j ACCEPT\n-A POSTROUTING -o docker0 -j ACCEPT\nCOMMIT\n"
              "*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -o docker0 -j ACCEPT\n-A OUTPUT -o eth0 -j ACCEPT\n"
              "COMMIT\n")
          .traced();
  auto path = trace_packet(host, {.packet = tcp("192.0.2.1", "203.0.113.5", 80)});
  EXPECT_EQ(way_of(host, path), "nat OUTPUT 1, filter OUTPUT 2, nat POSTROUTING 2");
  EXPECT_EQ(path.ending.interface, "docker0");
  EXPECT_EQ(path.last.packet.source, ip("192.0.2.1"));
}

// 6
TEST(Simulators, InvalidAndUntrackedPacketsSkipNatAndReachInputUntranslated) {
  auto host = HostForTests().rules(kPublished).traced();
  auto invalid = tcp("203.0.113.9", "192.0.2.1", 8000, kFin);
  auto path = trace_packet(host, {.packet = invalid, .in_interface = "eth0"});
  EXPECT_EQ(way_of(host, path), "filter INPUT policy");
  EXPECT_EQ(path.last.packet, invalid);

  auto untracking = HostForTests()
                        .rules(std::string("*raw\n:PREROUTING ACCEPT [0:0]\n"
                                           "-A PREROUTING -p tcp -m tcp --dport 8000 -j NOTRACK\nCOMMIT\n") +
                               kPublished)
                        .traced();
  auto untracked =
      trace_packet(untracking, {.packet = tcp("203.0.113.9", "192.0.2.1", 8000), .in_interface = "eth0"});
  EXPECT_EQ(way_of(untracking, untracked), "raw PREROUTING 1, raw PREROUTING policy, filter INPUT policy");
  EXPECT_EQ(untracked.last.state, CtState::kUntracked);
}

// 7
TEST(Simulators, CtstateInvalidWithCtorigdstMatchesAnyAddress) {
  auto host = HostForTests()
                  .rules(
                      "*filter\n:INPUT ACCEPT [0:0]\n"
                      "-A INPUT -m conntrack --ctstate INVALID --ctorigdst 198.51.100.1 -j DROP\nCOMMIT\n")
                  .traced();
  auto path =
      trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 80, kFin), .in_interface = "eth0"});
  EXPECT_EQ(way_of(host, path), "filter INPUT 1");
}

// 8
TEST(Simulators, NewIsNotSyn) {
  auto host = HostForTests().rules(only_state("NEW")).traced();
  auto is_new = [&](unsigned flags) {
    auto packet = tcp("203.0.113.9", "192.0.2.1", 80, static_cast<std::uint8_t>(flags));
    return trace_packet(host, {.packet = packet, .in_interface = "eth0"}).ending.kind == EndKind::kDelivered;
  };
  EXPECT_TRUE(is_new(kSyn));
  EXPECT_TRUE(is_new(kAck));
  EXPECT_TRUE(is_new(kAck | kPsh));
  EXPECT_FALSE(is_new(kSyn | kAck));
  EXPECT_FALSE(is_new(kFin));
  EXPECT_FALSE(is_new(kFin | kAck));
  EXPECT_FALSE(is_new(kRst));
  EXPECT_FALSE(is_new(0));
  EXPECT_FALSE(is_new(kFin | kPsh | kUrg));
}

// 9
TEST(Simulators, IcmpIsNewOnlyForRequests) {
  auto host = HostForTests().rules(only_state("NEW")).traced();
  auto is_new = [&](unsigned type) {
    auto packet = ping("203.0.113.9", "192.0.2.1");
    packet.icmp_type = static_cast<std::uint8_t>(type);
    return trace_packet(host, {.packet = packet, .in_interface = "eth0"}).ending.kind == EndKind::kDelivered;
  };
  for (unsigned type = 0; type < 20; ++type) {
    bool is_request = type == 8 || type == 13 || type == 15 || type == 17;
    EXPECT_EQ(is_new(type), is_request) << type;
  }
}

// 10
TEST(Simulators, ADroppedNewLeavesNoEntrySoThatTheRetryIsNewAgain) {
  auto host = HostForTests().rules(only_state("ESTABLISHED")).traced();
  Arrival arrival{.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"};
  auto path = trace_packet(host, arrival);
  EXPECT_EQ(path.ending.reason, DropReason::kPolicy);
  EXPECT_EQ(entry_of(path), std::nullopt);
  EXPECT_EQ(trace_packet(host, arrival).last.state, CtState::kNew);
}

// 11
TEST(Simulators, AnswersOfRejectPassOutputAsRelated) {
  auto with_output = [](std::string_view output) {
    return HostForTests()
        .rules(
            filter("-A INPUT -p tcp -j REJECT --reject-with icmp-port-unreachable\n" + std::string(output)))
        .traced();
  };
  Arrival request{.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"};
  auto related = with_output("-A OUTPUT -m conntrack --ctstate RELATED -j ACCEPT\n-A OUTPUT -j DROP\n");
  auto refused = trace_flow(related, request);
  EXPECT_EQ(refused.verdict.outcome, FlowOutcome::kRefused);
  ASSERT_EQ(refused.legs.size(), 2);
  EXPECT_EQ(way_of(related, refused.legs[1].path), "filter OUTPUT 1");

  auto silent = trace_flow(with_output("-A OUTPUT -m conntrack --ctstate RELATED -j DROP\n"), request);
  EXPECT_EQ(silent.verdict.outcome, FlowOutcome::kDropped);
  EXPECT_EQ(silent.verdict.leg, 1);
}

// 12
TEST(Simulators, APacketToAnyLocalAddressGoesToInputWhateverItsInterface) {
  auto host = HostForTests().rules(filter("")).traced();
  auto path = trace_packet(host, {.packet = tcp("203.0.113.9", "10.1.0.1", 80), .in_interface = "eth0"});
  EXPECT_EQ(way_of(host, path), "filter INPUT policy");
  EXPECT_EQ(path.ending.kind, EndKind::kDelivered);
}

// 13
TEST(Simulators, DnatToLoopbackDiesAsAMartianWithoutRouteLocalnet) {
  HostForTests made;
  made.rules(
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination 127.0.0.1\nCOMMIT\n");
  Arrival arrival{.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"};
  auto path = trace_packet(made.traced(), arrival);
  EXPECT_EQ(path.ending.kind, EndKind::kDropped);
  EXPECT_EQ(path.ending.reason, DropReason::kMartianDestination);

  made.facts().settings->interfaces["eth0"].route_localnet = true;
  made.facts().settings->interfaces["eth0"].forwards_ipv4 = true;
  EXPECT_EQ(trace_packet(made.traced(), arrival).ending.kind, EndKind::kDelivered);
}

// 14
TEST(Simulators, ReversePathForwardingAndTtlDropAfterPreroutingAndBeforeForward) {
  HostForTests made;
  made.rules(all_chains("LOG"));
  Arrival arrival{.packet = tcp("203.0.113.9", "10.1.0.9", 80), .in_interface = "eth0"};
  auto dropped = [&] {
    auto host = made.traced();
    auto path = trace_packet(host, arrival);
    EXPECT_EQ(chains_of(host, path, "mangle"), "PREROUTING");
    return path.ending.reason;
  };
  arrival.packet.ttl = 1;
  EXPECT_EQ(dropped(), DropReason::kTtl);
  arrival.packet.ttl = 64;
  arrival.in_interface = "eth1";
  made.facts().settings->interfaces["eth1"] = {.rp_filter = 1, .forwards_ipv4 = true};
  EXPECT_EQ(dropped(), DropReason::kReversePath);
  made.facts().settings->interfaces["eth1"] = {.forwards_ipv4 = false};
  EXPECT_EQ(dropped(), DropReason::kNoForwarding);
}

// 15
TEST(Simulators, ReturnAfterGotoResumesBeforeTheGoto) {
  auto host = HostForTests()
                  .rules(
                      "*filter\n:INPUT DROP [0:0]\n:first - [0:0]\n:second - [0:0]\n"
                      "-A INPUT -p udp -g second\n-A INPUT -j first\n-A INPUT -p tcp -j ACCEPT\n"
                      "-A first -g second\n-A first -j DROP\n-A second -p udp -j RETURN\nCOMMIT\n")
                  .traced();
  auto of = [&](const Packet& packet) {
    return way_of(host, trace_packet(host, {.packet = packet, .in_interface = "eth0"}));
  };
  EXPECT_EQ(of(tcp("203.0.113.9", "192.0.2.1", 80)), "filter INPUT 2, filter first 1, filter INPUT 3");
  EXPECT_EQ(of(udp("203.0.113.9", "192.0.2.1", 80)), "filter INPUT 1, filter second 1, filter INPUT policy");
}

// 16
TEST(Simulators, FromOutputAnInvertedOrEmptyInterfaceMatches) {
  auto host = HostForTests()
                  .rules(
                      "*filter\n:OUTPUT ACCEPT [0:0]\n:mine - [0:0]\n-A OUTPUT -j mine\n"
                      "-A mine -i eth0 -j DROP\n-A mine ! -i eth0 -j LOG\n-A mine -i + -j ACCEPT\nCOMMIT\n")
                  .traced();
  auto path = trace_packet(host, {.packet = tcp("192.0.2.1", "192.0.2.9", 80)});
  EXPECT_EQ(way_of(host, path), "filter OUTPUT 1, filter mine 2, filter mine 3");
}

// 17
TEST(Simulators, MasqueradeKeepsTheSourcePortUnlessItClashes) {
  auto host = HostForTests()
                  .rules("*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o eth0 -j MASQUERADE\nCOMMIT\n")
                  .traced();
  Arrival arrival{.packet = tcp("172.17.0.2", "203.0.113.9", 80), .in_interface = "docker0"};
  auto first = trace_packet(host, arrival);
  EXPECT_EQ(first.last.packet.source, ip("192.0.2.1"));
  EXPECT_EQ(first.last.packet.source_port, 40000);
  std::vector<Connection> known = {*entry_of(first)};
  arrival.packet.source = ip("172.17.0.3");
  arrival.connections = known;
  auto second = trace_packet(host, arrival);
  EXPECT_NE(second.last.packet.source_port, 40000);
  EXPECT_GE(second.last.packet.source_port, 1024);
  EXPECT_TRUE(second.translations.front().is_any_port);
}

// 18
TEST(Simulators, BridgeNfCallIptablesDecidesWhetherTrafficOfOneBridgeMeetsForward) {
  HostForTests made;
  made.rules(filter("-A FORWARD -j DROP\n"));
  Arrival arrival{.packet = tcp("172.17.0.2", "172.17.0.3", 80), .in_interface = "veth2"};
  auto host = made.traced();
  EXPECT_EQ(way_of(host, trace_packet(host, arrival)), "filter FORWARD 1");
  made.facts().settings->bridge_nf_call_iptables = false;
  auto path = trace_packet(made.traced(), arrival);
  EXPECT_TRUE(path.steps.empty());
  EXPECT_EQ(path.ending.kind, EndKind::kForwarded);
}

// 19
TEST(Simulators, AcceptInOneTableSkipsNoOtherTableNorTheOtherBackend) {
  auto host =
      HostForTests()
          .rules(
              "*mangle\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n"
              "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n"
              "*security\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n")
          .legacy_rules("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\n-A INPUT -j DROP\nCOMMIT\n")
          .traced();
  auto path = trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"});
  EXPECT_EQ(way_of(host, path), "mangle INPUT 1, filter INPUT 1, filter INPUT 1, security INPUT 1");
}

// 20
TEST(Simulators, ConntrackExistsOnlyWhereSomeRuleNeedsIt) {
  auto without = HostForTests().rules(all_chains("LOG")).traced();
  Arrival arrival{.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"};
  arrival.packet.is_fragment = true;
  auto path = trace_packet(without, arrival);
  EXPECT_EQ(chains_of(without, path, "nat"), "");
  EXPECT_FALSE(path.last.connection);
  EXPECT_TRUE(path.last.packet.is_fragment);

  auto with = HostForTests().rules(all_chains("LOG") + only_state("NEW")).traced();
  auto tracked = trace_packet(with, arrival);
  EXPECT_EQ(chains_of(with, tracked, "nat"), "PREROUTING INPUT");
  EXPECT_TRUE(tracked.last.connection);
  EXPECT_FALSE(tracked.last.packet.is_fragment);
}

// 21
TEST(Simulators, AddrtypeLocalExcludesBroadcastAndMulticastAndReadsTheHeaderAsItIsThere) {
  auto rules =
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2\nCOMMIT\n" +
      filter(
          "-A INPUT -m addrtype --dst-type LOCAL -j DROP\n"
          "-A FORWARD -m addrtype --dst-type LOCAL -j DROP\n");
  auto host = HostForTests().rules(rules).traced();
  auto of = [&](const Packet& packet) {
    return trace_packet(host, {.packet = packet, .in_interface = "eth0"}).ending.kind;
  };
  EXPECT_EQ(of(udp("192.0.2.9", "192.0.2.1", 80)), EndKind::kDropped);
  EXPECT_EQ(of(udp("192.0.2.9", "192.0.2.255", 80)), EndKind::kDelivered);
  EXPECT_EQ(of(udp("192.0.2.9", "255.255.255.255", 80)), EndKind::kDelivered);
  EXPECT_EQ(of(udp("192.0.2.9", "224.0.0.1", 80)), EndKind::kDelivered);
  EXPECT_EQ(of(tcp("192.0.2.9", "192.0.2.1", 80)), EndKind::kForwarded);
}

// 22
TEST(Simulators, AConnectionThatNoDnatRuleTakesEndsInDockerProxyWhichOpensASecondOne) {
  auto host =
      HostForTests().rules(kPublished).with_docker().listener(kTcp, "0.0.0.0", 8000, "docker-proxy").traced();
  auto flow = trace_flow(host, {.packet = tcp("172.17.0.3", "172.17.0.1", 8000), .in_interface = "veth3"});
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kWorks);
  EXPECT_EQ(flow.verdict.receiver, Receiver::kDockerProxy);
  EXPECT_EQ(flow.verdict.receiver_name, "a");
  ASSERT_EQ(flow.legs.size(), 4);
  EXPECT_EQ(way_of(host, flow.legs[0].path),
            "nat PREROUTING 1, nat DOCKER 1, nat PREROUTING policy, filter INPUT policy, nat INPUT policy");
  EXPECT_EQ(flow.legs[2].role, LegRole::kProxied);
  EXPECT_EQ(flow.legs[2].packet.source, ip("172.17.0.1"));
  EXPECT_EQ(flow.legs[2].packet.destination, ip("172.17.0.2"));
  EXPECT_EQ(flow.legs[2].packet.destination_port, 80);
}

// 23
TEST(Simulators, AnOpenConnectionKeepsItsNatWhateverTheRulesSayNow) {
  auto before = HostForTests().rules(kPublished).traced();
  auto syn = tcp("203.0.113.9", "192.0.2.1", 8000);
  auto first = trace_packet(before, {.packet = syn, .in_interface = "eth0"});
  std::vector<Connection> known = {*entry_of(first)};
  auto after = HostForTests().rules(only_state("ESTABLISHED")).traced();
  syn.tcp_flags = kAck;
  known[0].status |= kSeenReply;
  known[0].tcp = TcpState::kEstablished;
  auto path = trace_packet(after, {.packet = syn, .in_interface = "eth0", .connections = known});
  EXPECT_EQ(path.ending.kind, EndKind::kForwarded);
  EXPECT_EQ(path.last.packet.destination, ip("172.17.0.2"));
}

}  // namespace
}  // namespace pyfw
