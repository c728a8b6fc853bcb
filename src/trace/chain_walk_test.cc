// The rules of one chain and what they lead to, as it is recorded.

#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

std::vector<StepKind> kinds(const Path& path) {
  std::vector<StepKind> out;
  for (const auto& step : path.steps) out.push_back(step.kind);
  return out;
}

Path into(const TracedHost& host, const Packet& packet) {
  return trace_packet(host, {.packet = packet, .in_interface = "eth0"});
}

TEST(WalkChain, RecordsWhatWasPassedWhatMatchedReturnsAndThePolicy) {
  auto host = HostForTests()
                  .rules(
                      "*filter\n:INPUT ACCEPT [0:0]\n:user - [0:0]\n"
                      "-A INPUT -p udp -j DROP\n-A INPUT -p sctp -j DROP\n-A INPUT -j user\n"
                      "-A user -p udp -j DROP\nCOMMIT\n")
                  .traced();
  auto path = into(host, tcp("203.0.113.9", "192.0.2.1", 80));
  EXPECT_EQ(kinds(path),
            (std::vector{StepKind::kRouted, StepKind::kChain, StepKind::kPassed, StepKind::kMatched,
                         StepKind::kPassed, StepKind::kReturned, StepKind::kPolicy}));
  EXPECT_EQ(path.steps[2].rule, 0);
  EXPECT_EQ(path.steps[2].last, 1);
  EXPECT_EQ(path.steps[3].rule, 2);
}

TEST(WalkChain, TheDroppingRuleAndThePolicyAreNamed) {
  auto host = HostForTests().rules("*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp -j DROP\nCOMMIT\n").traced();
  auto by_rule = into(host, udp("203.0.113.9", "192.0.2.1", 80));
  EXPECT_EQ(by_rule.ending.reason, DropReason::kRule);
  EXPECT_EQ(host.rule(*by_rule.ending.rule).text, "-p udp -j DROP");
  auto by_policy = into(host, tcp("203.0.113.9", "192.0.2.1", 80));
  EXPECT_EQ(by_policy.ending.reason, DropReason::kPolicy);
  EXPECT_EQ(host.chain(by_policy.ending.rule->chain).name, "INPUT");
}

TEST(WalkChain, ChainsThatGoRoundInACircleHaveAnEnd) {
  auto host = HostForTests()
                  .rules(
                      "*filter\n:INPUT ACCEPT [0:0]\n:a - [0:0]\n:b - [0:0]\n-A INPUT -j a\n"
                      "-A a -p tcp -j b\n-A b -p tcp -j a\n-A a -g b\n-A b -g a\nCOMMIT\n")
                  .traced();
  EXPECT_EQ(into(host, tcp("203.0.113.9", "192.0.2.1", 80)).ending.kind, EndKind::kUnknown);
  EXPECT_EQ(into(host, udp("203.0.113.9", "192.0.2.1", 80)).ending.kind, EndKind::kUnknown);
}

TEST(WalkChain, AJumpToAChainThatIsNotThereDependsOnIt) {
  auto host = HostForTests().rules(filter("-A INPUT -j missing\n")).traced();
  auto path = into(host, tcp("203.0.113.9", "192.0.2.1", 80));
  EXPECT_EQ(path.ending.kind, EndKind::kUnknown);
  EXPECT_EQ(path.questions.back().on, "-j missing");
}

TEST(WalkChain, WhatLooksAtAMarkThatNobodyKnowsIsAQuestion) {
  auto host =
      HostForTests()
          .rules(
              "*mangle\n:PREROUTING ACCEPT [0:0]\n"
              "-A PREROUTING -p tcp -j HMARK --hmark-tuple src --hmark-mod 7 --hmark-offset 1 "
              "--hmark-rnd 0x1\nCOMMIT\n" +
              filter("-A INPUT -p udp -m mark --mark 0x1 -j DROP\n-A INPUT -m mark --mark 0x1 -j DROP\n"))
          .traced();
  auto paths = all_paths(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"});
  ASSERT_EQ(paths.size(), 2);
  EXPECT_EQ(paths[0].ending.kind, EndKind::kDelivered);
  EXPECT_EQ(paths[1].ending.kind, EndKind::kDropped);
  EXPECT_TRUE(into(host, udp("203.0.113.9", "192.0.2.1", 80)).questions.empty());
}

TEST(WalkChain, TproxyDropsWithoutATransparentSocketAndLeadsToItElse) {
  HostForTests made;
  made.route("0.0.0.0/0", "lo").type = RouteType::kLocal;
  made.facts().routes.back().table = 100;
  made.facts().rules = {{.priority = 0, .table = kLocalTable},
                        {.priority = 10, .mark = 1, .mark_mask = 1, .table = 100},
                        {.priority = 32766, .table = kMainTable}};
  auto host =
      made.rules(
              "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j TPROXY --on-port 3128 --on-ip "
              "0.0.0.0 --tproxy-mark 0x1/0x1\nCOMMIT\n")
          .traced();
  auto paths = all_paths(host, {.packet = tcp("10.1.0.9", "203.0.113.9", 80), .in_interface = "eth1"});
  ASSERT_EQ(paths.size(), 2);
  EXPECT_EQ(paths[0].ending.kind, EndKind::kDropped);
  EXPECT_EQ(paths[0].questions[0].on, "a transparent socket on port 3128");
  EXPECT_EQ(paths[1].ending.kind, EndKind::kDelivered);
}

}  // namespace
}  // namespace pyfw
