#include "trace/flow.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

Arrival from_outside(std::uint16_t port) {
  return {.packet = tcp("203.0.113.9", "192.0.2.1", port), .in_interface = "eth0"};
}

FlowVerdict verdict(const std::string& rules, const Arrival& request) {
  return trace_flow(HostForTests().rules(rules).traced(), request).verdict;
}

TEST(TraceFlow, WorksWhereTheAnswerComesBackAndNamesTheRuleThatLetItIn) {
  auto host = HostForTests().rules(filter("-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n")).traced();
  auto flow = trace_flow(host, from_outside(22));
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kWorks);
  EXPECT_EQ(flow.verdict.decider, Decider::kRule);
  EXPECT_EQ(host.rule(*flow.verdict.rule).text, "-p tcp -m tcp --dport 22 -j ACCEPT");
  EXPECT_EQ(flow.verdict.receiver, Receiver::kAssumed);
  ASSERT_EQ(flow.legs.size(), 2);
  EXPECT_EQ(flow.legs[1].role, LegRole::kAnswer);
  EXPECT_EQ(flow.legs[1].packet.tcp_flags, kSyn | kAck);
}

std::string redirected(std::string_view ports) {
  return fmt::format(
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j REDIRECT --to-ports {} --random\n"
      "COMMIT\n*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 8001:8009 -j ACCEPT\n"
      "COMMIT\n",
      ports);
}

TEST(TraceFlow, APortThatNatDrawsIsNotGuessed) {
  EXPECT_EQ(verdict(redirected("8002-8005"), from_outside(80)).outcome, FlowOutcome::kWorks);
  EXPECT_EQ(verdict(redirected("7002-7005"), from_outside(80)).outcome, FlowOutcome::kDropped);
  auto host = HostForTests().rules(redirected("8000-8002")).traced();
  auto flow = trace_flow(host, from_outside(80));
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kDepends);
  ASSERT_EQ(flow.verdict.questions.size(), 1);
  EXPECT_EQ(flow.verdict.questions[0].on, "the port that NAT draws");
  ASSERT_EQ(flow.branches.size(), 3);
  EXPECT_EQ(flow.branches[0].verdict.outcome, FlowOutcome::kDropped);
  EXPECT_EQ(flow.branches[1].verdict.outcome, FlowOutcome::kWorks);
  auto told = from_outside(80);
  told.drawn_ports = {8001};
  EXPECT_EQ(trace_flow(host, told).verdict.outcome, FlowOutcome::kWorks);
}

TEST(TraceFlow, WhereNatDrawsFromMorePortsThanCanBeTriedItDependsOnThat) {
  auto depends = verdict(redirected("1024-65535"), from_outside(80));
  EXPECT_EQ(depends.outcome, FlowOutcome::kDepends);
  ASSERT_EQ(depends.questions.size(), 1);
  EXPECT_EQ(depends.questions[0].on, "the port that NAT draws");
}

TEST(TraceFlow, RefusedWhereNobodyListens) {
  auto host = HostForTests().rules(only_state("NEW")).listener(kTcp, "0.0.0.0", 22, "sshd").traced();
  EXPECT_EQ(trace_flow(host, from_outside(22)).verdict.receiver_name, "sshd");
  auto flow = trace_flow(host, from_outside(23));
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kRefused);
  EXPECT_EQ(flow.verdict.decider, Decider::kListener);
  EXPECT_EQ(flow.legs[1].packet.tcp_flags, kRst | kAck);
  auto asked_by_udp = from_outside(53);
  asked_by_udp.packet = udp("203.0.113.9", "192.0.2.1", 53);
  auto refused = trace_flow(host, asked_by_udp);
  EXPECT_EQ(refused.verdict.outcome, FlowOutcome::kRefused);
  EXPECT_EQ(refused.legs[1].packet.icmp_type, 3);
  EXPECT_EQ(refused.legs[1].path.last.state, CtState::kRelated);
}

TEST(TraceFlow, TheKernelsOwnErrorsAreNobodys) {
  auto host = HostForTests()
                  .rules(filter("-A INPUT -p tcp -j REJECT\n-A OUTPUT -m owner --uid-owner 0 -j DROP\n"))
                  .traced();
  auto flow = trace_flow(host, from_outside(22));
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kRefused);
  EXPECT_TRUE(flow.legs.back().path.questions.empty());
}

TEST(TraceFlow, DroppedWhereTheAnswerIsAndNamesWhatDropsIt) {
  auto dropped = verdict(filter("-A OUTPUT -p tcp -m tcp --sport 22 -j DROP\n"), from_outside(22));
  EXPECT_EQ(dropped.outcome, FlowOutcome::kDropped);
  EXPECT_EQ(dropped.decider, Decider::kRule);
  EXPECT_EQ(dropped.leg, 1);
}

TEST(TraceFlow, RejectByTcpResetIsSentFromTheAddressThatWasAsked) {
  auto host =
      HostForTests().rules(with_nat("-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\n")).traced();
  auto flow = trace_flow(host, from_outside(8000));
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kRefused);
  EXPECT_EQ(flow.legs[1].packet.source, ip("172.17.0.2"));
  EXPECT_EQ(flow.legs[1].path.last.packet.source, ip("192.0.2.1"));
  EXPECT_EQ(flow.legs[1].path.last.packet.source_port, 8000);
}

// nf_send_reset() sends it out by the bridge's port, past OUTPUT and past NAT.
TEST(TraceFlow, ResetsForABridgesPortsAreSeenByNoRule) {
  Arrival request{.packet = tcp("172.17.0.3", "172.17.0.1", 81), .in_interface = "veth3"};
  auto reject = [](std::string_view chain) {
    return "-A " + std::string(chain) + " -p tcp -j REJECT --reject-with tcp-reset\n-A OUTPUT -j DROP\n";
  };
  EXPECT_EQ(verdict(filter(reject("INPUT")), request).outcome, FlowOutcome::kRefused);
  auto dnat =
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2:80\nCOMMIT\n";
  auto rules = dnat + filter(reject("FORWARD"));
  auto lost = verdict(rules, request);
  EXPECT_EQ(lost.outcome, FlowOutcome::kDropped);
  EXPECT_EQ(lost.reason, DropReason::kWrongAddress);
  // The kernel knows the port, even where nobody else does.
  request.in_interface = "docker0";
  request.packet.source = ip("172.17.0.77");
  EXPECT_EQ(verdict(rules, request).reason, DropReason::kWrongAddress);
}

TEST(TraceFlow, APingIsRefusedByARouterAsMuchAsByWhoWasAsked) {
  auto ping = tcp("192.0.2.9", "172.17.0.2", 0);
  ping.protocol = kIcmp;
  ping.icmp_type = 8;
  EXPECT_EQ(verdict(filter("-A FORWARD -p icmp -j REJECT --reject-with icmp-host-prohibited\n"),
                    {.packet = ping, .in_interface = "eth0"})
                .outcome,
            FlowOutcome::kRefused);
}

TEST(TraceFlow, TheHostsOwnRejectedPacketNeedsLoToBeOpen) {
  Arrival own{.packet = tcp("192.0.2.1", "203.0.113.9", 25)};
  auto rules = [](std::string_view more) {
    return "*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -m tcp --dport 25 -j REJECT "
           "--reject-with icmp-port-unreachable\n" +
           std::string(more) + "COMMIT\n";
  };
  EXPECT_EQ(verdict(rules(""), own).outcome, FlowOutcome::kDropped);
  EXPECT_EQ(verdict(rules("-A INPUT -i lo -j ACCEPT\n"), own).outcome, FlowOutcome::kRefused);
}

TEST(TraceFlow, WhatNoAnswerChangesIsNoMatterToTheVerdict) {
  auto same = verdict(filter("-A INPUT -m limit --limit 3/min -j LOG\n"), from_outside(22));
  EXPECT_EQ(same.outcome, FlowOutcome::kWorks);
  EXPECT_TRUE(same.questions.empty());
}

TEST(TraceFlow, DependsNamesTheMatchThatDecidesAndNoOther) {
  auto host =
      HostForTests()
          .rules(filter("-A INPUT -m limit --limit 1/sec -j LOG\n"
                        "-A INPUT -p tcp -m limit --limit 3/min -j ACCEPT\n-A INPUT -p tcp -j DROP\n"))
          .traced();
  auto flow = trace_flow(host, from_outside(22));
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kDepends);
  ASSERT_EQ(flow.verdict.questions.size(), 1);
  EXPECT_EQ(flow.verdict.questions[0].on, "-m limit --limit 3/min");
  EXPECT_EQ(flow.verdict.questions[0].rule->rule, 1);
  ASSERT_EQ(flow.branches.size(), 4);
  EXPECT_EQ(flow.branches[0].verdict.outcome, FlowOutcome::kDropped);
}

TEST(TraceFlow, WhatGoesToAnotherProgramDependsOnIt) {
  auto depends = verdict(filter("-A INPUT -p tcp -j NFQUEUE --queue-num 0\n"), from_outside(22));
  EXPECT_EQ(depends.outcome, FlowOutcome::kDepends);
  ASSERT_EQ(depends.questions.size(), 1);
  EXPECT_EQ(depends.questions[0].on, "-j NFQUEUE --queue-num 0");
}

TEST(TraceFlow, MoreBranchesThanTheLimitAreNotGuessedAt) {
  std::string rules;
  for (int i = 0; i < 10; ++i) rules += "-A INPUT -m limit --limit 3/min -j LOG\n";
  auto host = HostForTests().rules(filter(rules)).traced();
  EXPECT_EQ(trace_flow(host, from_outside(22), {.branch_limit = 64}).verdict.outcome, FlowOutcome::kDepends);
  EXPECT_EQ(trace_flow(host, from_outside(22), {.branch_limit = 2000}).verdict.outcome, FlowOutcome::kWorks);
}

TEST(TraceFlow, ARouterTellsThatTheTtlIsUsedUp) {
  auto request = from_outside(80);
  request.packet.destination = ip("10.1.0.9");
  request.packet.ttl = 1;
  auto flow = trace_flow(HostForTests().rules(filter("")).traced(), request);
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kRefused);
  EXPECT_EQ(flow.verdict.decider, Decider::kRouting);
  EXPECT_EQ(flow.verdict.reason, DropReason::kTtl);
  EXPECT_EQ(flow.legs[1].packet.icmp_type, 11);
}

TEST(TraceFlow, PingIsAnsweredByTheKernel) {
  auto host = HostForTests().rules(only_state("NEW")).traced();
  auto flow = trace_flow(host, {.packet = ping("203.0.113.9", "192.0.2.1"), .in_interface = "eth0"});
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kWorks);
  EXPECT_EQ(flow.verdict.receiver, Receiver::kKernel);
  EXPECT_EQ(flow.legs[1].packet.icmp_type, 0);
  EXPECT_EQ(flow.legs[1].path.last.state, CtState::kEstablished);
}

TEST(TraceFlow, ContainersReachTheWorldMasqueradedAndTheAnswerFindsBack) {
  auto host = HostForTests().rules(kPublished).with_docker().traced();
  auto flow = trace_flow(host, {.packet = tcp("172.17.0.2", "203.0.113.9", 443), .in_interface = "veth2"});
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kWorks);
  EXPECT_EQ(flow.verdict.receiver, Receiver::kBeyond);
  EXPECT_EQ(flow.legs[0].path.last.packet.source, ip("192.0.2.1"));
  EXPECT_EQ(flow.legs[1].path.last.packet.destination, ip("172.17.0.2"));
}

TEST(TraceFlow, AnAddressThatNoContainerHasIsNobodys) {
  auto host = HostForTests().rules(kPublished).with_docker().traced();
  auto flow = trace_flow(host, {.packet = tcp("192.0.2.1", "172.17.0.9", 80)});
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kRefused);
  EXPECT_EQ(flow.verdict.reason, DropReason::kNoNeighbour);
}

TEST(TraceFlow, NetworksThatAreNotEvaluatedAreNamed) {
  HostForTests made;
  auto& docker = *made.rules(kPublished).with_docker().facts().docker;
  docker.networks.push_back({.name = "lan", .driver = "macvlan"});
  docker.containers.push_back({.name = "c", .addresses = {{.network = "lan", .ip = ip("192.0.2.77")}}});
  auto host = made.traced();
  for (const auto& packet : {tcp("192.0.2.1", "192.0.2.77", 80), tcp("192.0.2.77", "192.0.2.1", 80)}) {
    auto flow =
        trace_flow(host, {.packet = packet, .in_interface = packet.source == ip("192.0.2.1") ? "" : "eth0"});
    EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kDepends);
    ASSERT_EQ(flow.verdict.questions.size(), 1);
    EXPECT_EQ(flow.verdict.questions[0].on, "the network lan (macvlan), which is not evaluated");
  }
}

TEST(TraceFlow, AContainerThatIsKnownNotToListenRefuses) {
  HostForTests made;
  made.rules(kPublished).with_docker().facts().docker->containers[0].listeners.emplace();
  auto flow = trace_flow(made.traced(), from_outside(8000));
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kRefused);
  EXPECT_EQ(flow.verdict.decider, Decider::kListener);
  EXPECT_EQ(flow.verdict.receiver_name, "a");
}

TEST(TraceFlow, AnOpenConnectionIsAsked) {
  auto established = from_outside(22);
  established.state = CtState::kEstablished;
  established.packet.tcp_flags = kAck;
  EXPECT_EQ(verdict(only_state("ESTABLISHED"), established).outcome, FlowOutcome::kWorks);
  EXPECT_EQ(verdict(only_state("ESTABLISHED"), from_outside(22)).outcome, FlowOutcome::kDropped);
}

TEST(TraceFlow, WhatFollowsIsTranslatedAsItBegan) {
  auto request = from_outside(8000);
  auto opening = trace_flow(HostForTests().rules(kPublished).with_docker().traced(), request);
  ASSERT_EQ(opening.verdict.outcome, FlowOutcome::kWorks);
  auto without_nat = HostForTests().rules(only_state("NEW,ESTABLISHED")).with_docker().traced();
  auto later = trace_flow(without_nat, later_request(request, opening), {.is_open = true});
  EXPECT_EQ(later.verdict.outcome, FlowOutcome::kWorks);
  EXPECT_EQ(later.legs[0].path.last.packet.destination, ip("172.17.0.2"));
  EXPECT_EQ(later.legs[0].path.last.state, CtState::kEstablished);
  EXPECT_EQ(later.legs[1].path.last.packet.source_port, 8000);
}

TEST(TraceFlow, WhatDockerProxyCarriesOnFollowsItsOwnFirstPacket) {
  HostForTests made;
  made.with_docker().listener(kTcp, "::", 8000, "docker-proxy");
  Arrival request{.packet = tcp("2001:db8:5::5", "2001:db8::1", 8000), .in_interface = "eth0"};
  auto opening = trace_flow(made.rules(only_state("NEW,ESTABLISHED")).traced(), request);
  ASSERT_EQ(opening.verdict.outcome, FlowOutcome::kWorks);
  ASSERT_EQ(opening.verdict.receiver, Receiver::kDockerProxy);
  auto host = made.rules(
                      "*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -m tcp --tcp-flags "
                      "FIN,SYN,RST,ACK SYN -j DROP\nCOMMIT\n")
                  .traced();
  EXPECT_EQ(trace_flow(host, request).verdict.outcome, FlowOutcome::kDropped);
  auto later = trace_flow(host, later_request(request, opening), {.is_open = true});
  EXPECT_EQ(later.verdict.outcome, FlowOutcome::kWorks);
}

TEST(TraceFlow, AListenerKnowsAnOpenConnectionThatNobodyTracks) {
  auto host =
      HostForTests().rules("*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j NOTRACK\nCOMMIT\n").traced();
  auto request = from_outside(22);
  auto later = later_request(request, trace_flow(host, request));
  EXPECT_EQ(trace_flow(host, later).verdict.outcome, FlowOutcome::kRefused);
  EXPECT_EQ(trace_flow(host, later, {.is_open = true}).verdict.outcome, FlowOutcome::kWorks);
}

}  // namespace
}  // namespace pyfw
