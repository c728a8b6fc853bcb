// Routing decisions: where packets go, and which of them the kernel throws away there.

#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

DropReason reason(HostForTests& made, const Arrival& arrival) {
  return trace_packet(made.traced(), arrival).ending.reason;
}

InterfaceSettings forwarding(int rp_filter) { return {.rp_filter = rp_filter, .forwards_ipv4 = true}; }

TEST(Routing, TheReversePathFilterIsTheStricterOneOfAllAndTheInterface) {
  HostForTests made;
  Arrival wrong{.packet = tcp("10.1.0.9", "192.0.2.1", 80), .in_interface = "eth0"};
  EXPECT_EQ(reason(made, wrong), DropReason::kNone);
  made.facts().settings->interfaces["eth0"] = forwarding(1);
  EXPECT_EQ(reason(made, wrong), DropReason::kReversePath);
  made.facts().settings->interfaces["all"].rp_filter = 2;
  EXPECT_EQ(reason(made, wrong), DropReason::kNone);
}

TEST(Routing, TheLooseFilterWantsSomeWayBack) {
  HostForTests made;
  made.facts().settings->interfaces["eth0"] = forwarding(2);
  auto& routes = made.facts().routes;
  std::erase_if(routes, [](const Route& route) { return route.destination.length == 0; });
  EXPECT_EQ(reason(made, {.packet = tcp("10.1.0.9", "192.0.2.1", 80), .in_interface = "eth0"}),
            DropReason::kNone);
  EXPECT_EQ(reason(made, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"}),
            DropReason::kReversePath);
}

TEST(Routing, SourcesThatCantComeFromOutsideAreMartians) {
  HostForTests made;
  for (const char* source : {"127.0.0.1", "192.0.2.1", "224.0.0.5", "255.255.255.255", "0.0.0.0"})
    EXPECT_EQ(reason(made, {.packet = tcp(source, "192.0.2.1", 80), .in_interface = "eth0"}),
              DropReason::kMartianSource)
        << source;
}

TEST(Routing, WithoutARouteTheSenderIsToldByARouterOnly) {
  HostForTests made;
  std::erase_if(made.facts().routes, [](const Route& route) { return route.destination.length == 0; });
  Arrival arrival{.packet = tcp("192.0.2.9", "203.0.113.9", 80), .in_interface = "eth0"};
  auto path = trace_packet(made.traced(), arrival);
  EXPECT_EQ(path.ending.reason, DropReason::kNoRoute);
  EXPECT_TRUE(path.ending.is_told);
  made.facts().settings->ip_forward = false;
  EXPECT_FALSE(trace_packet(made.traced(), arrival).ending.is_told);
}

TEST(Routing, RoutesThatRefuseSayHow) {
  HostForTests made;
  made.route("203.0.113.0/26", "").type = RouteType::kBlackhole;
  made.route("203.0.113.64/26", "").type = RouteType::kUnreachable;
  made.route("203.0.113.128/26", "").type = RouteType::kProhibit;
  made.route("203.0.113.192/26", "").type = RouteType::kThrow;
  auto of = [&](std::string_view to) {
    return trace_packet(made.traced(), {.packet = tcp("10.1.0.9", to, 80), .in_interface = "eth1"}).ending;
  };
  EXPECT_EQ(of("203.0.113.1").reason, DropReason::kBlackhole);
  EXPECT_FALSE(of("203.0.113.1").is_told);
  EXPECT_EQ(of("203.0.113.65").reason, DropReason::kUnreachable);
  EXPECT_EQ(of("203.0.113.129").reason, DropReason::kProhibit);
  EXPECT_TRUE(of("203.0.113.129").is_told);
  EXPECT_EQ(of("203.0.113.200").reason, DropReason::kNoRoute);
}

TEST(Routing, TheLongestPrefixWinsAndThenTheLowestMetric) {
  HostForTests made;
  made.route("203.0.113.0/24", "eth1", "10.1.0.254").metric = 5;
  made.route("203.0.113.0/24", "eth0", "192.0.2.254").metric = 9;
  auto path = trace_packet(made.traced(), {.packet = tcp("192.0.2.1", "203.0.113.9", 80)});
  EXPECT_EQ(path.ending.interface, "eth1");
  EXPECT_EQ(path.ending.next_hop, ip("10.1.0.254"));
}

TEST(Routing, AMarkThatManglePreroutingSetsChoosesTheTable) {
  HostForTests made;
  made.route("0.0.0.0/0", "eth1", "10.1.0.254").table = 100;
  auto& rules = made.facts().rules;
  rules.push_back({.priority = 0, .table = kLocalTable});
  rules.push_back({.priority = 100, .mark = 1, .mark_mask = 0xff, .table = 100});
  rules.push_back({.priority = 32766, .table = kMainTable});
  auto host = made.rules(
                      "*mangle\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                      "-A PREROUTING -p tcp -j MARK --set-xmark 0x1/0xffffffff\n"
                      "-A OUTPUT -p tcp -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT\n" +
                      filter(""))
                  .traced();
  auto way = [&](const Arrival& arrival) { return trace_packet(host, arrival).ending.interface; };
  EXPECT_EQ(way({.packet = tcp("172.17.0.2", "203.0.113.9", 80), .in_interface = "docker0"}), "eth1");
  EXPECT_EQ(way({.packet = udp("172.17.0.2", "203.0.113.9", 80), .in_interface = "docker0"}), "eth0");
  // The host's own is routed anew, with the source that it had chosen before.
  auto own = trace_packet(host, {.packet = tcp("192.0.2.1", "203.0.113.9", 80)});
  EXPECT_EQ(own.ending.interface, "eth1");
  EXPECT_TRUE(own.routings.back().again);
  EXPECT_EQ(own.last.packet.source, ip("192.0.2.1"));
}

TEST(Routing, ARuleThatLooksAtMoreThanIsKnownIsAQuestion) {
  HostForTests made;
  made.route("0.0.0.0/0", "eth1", "10.1.0.254").table = 100;
  made.facts().rules.push_back({.priority = 0, .table = kLocalTable});
  made.facts().rules.push_back({.priority = 100, .table = 100, .others = "uidrange 0-0"});
  made.facts().rules.push_back({.priority = 32766, .table = kMainTable});
  auto paths = all_paths(made.traced(), {.packet = tcp("192.0.2.1", "203.0.113.9", 80)});
  ASSERT_EQ(paths.size(), 2);
  EXPECT_EQ(paths[0].ending.interface, "eth0");
  EXPECT_EQ(paths[1].ending.interface, "eth1");
  EXPECT_EQ(paths[0].questions[0].on, "the routing rule 100 (uidrange 0-0)");
}

TEST(Routing, ASuppressedPrefixLengthLeavesTheDefaultRouteToALaterRule) {
  HostForTests made;
  made.route("0.0.0.0/0", "eth1", "10.1.0.254").table = 100;
  made.facts().rules = {{.priority = 0, .table = kLocalTable},
                        {.priority = 100, .table = kMainTable, .others = "suppress_prefixlength 0"},
                        {.priority = 200, .table = 100}};
  auto host = made.traced();
  EXPECT_EQ(trace_packet(host, {.packet = tcp("192.0.2.1", "203.0.113.9", 80)}).ending.interface, "eth1");
  EXPECT_EQ(trace_packet(host, {.packet = tcp("192.0.2.1", "192.0.2.9", 80)}).ending.interface, "eth0");
}

TEST(Routing, AMarkThatNobodyKnowsMakesTheRulesThatLookAtItQuestions) {
  HostForTests made;
  made.route("0.0.0.0/0", "eth1", "10.1.0.254").table = 100;
  made.facts().rules = {{.priority = 0, .table = kLocalTable},
                        {.priority = 100, .mark = 1, .mark_mask = 1, .table = 100},
                        {.priority = 32766, .table = kMainTable}};
  made.rules(
      "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j HMARK --hmark-tuple src --hmark-mod 7 "
      "--hmark-offset 1 --hmark-rnd 0x1\nCOMMIT\n");
  auto paths =
      all_paths(made.traced(), {.packet = tcp("172.17.0.2", "203.0.113.9", 80), .in_interface = "docker0"});
  ASSERT_EQ(paths.size(), 2);
  EXPECT_EQ(paths[1].ending.interface, "eth1");
  EXPECT_EQ(paths[1].questions[0].on, "the routing rule 100 (fwmark)");
}

TEST(Routing, TheHostsOwnPacketsNeedAnAddressOfItsOwnAndAWay) {
  HostForTests made;
  EXPECT_EQ(reason(made, {.packet = tcp("198.51.100.1", "203.0.113.9", 80)}), DropReason::kMartianSource);
  EXPECT_EQ(reason(made, {.packet = tcp("127.0.0.1", "203.0.113.9", 80)}), DropReason::kMartianSource);
  std::erase_if(made.facts().routes, [](const Route& route) { return route.destination.length == 0; });
  EXPECT_EQ(reason(made, {.packet = tcp("192.0.2.1", "203.0.113.9", 80)}), DropReason::kNoRoute);
}

TEST(Routing, ASourceThatIsNotGivenIsChosen) {
  HostForTests made;
  auto host = made.traced();
  EXPECT_EQ(trace_packet(host, {.packet = tcp("0.0.0.0", "172.17.0.2", 80)}).last.packet.source,
            ip("172.17.0.1"));
  EXPECT_EQ(own_source(host, ip("203.0.113.9")), ip("192.0.2.1"));
  EXPECT_EQ(own_source(host, ip("10.1.0.1")), ip("10.1.0.1"));
  EXPECT_EQ(own_source(host, ip("2001:db8::7")), ip("2001:db8::1"));
  made.route("203.0.113.0/24", "eth0").preferred_source = ip("10.1.0.1");
  EXPECT_EQ(own_source(made.traced(), ip("203.0.113.9")), ip("10.1.0.1"));
}

TEST(Routing, Ipv6ForwardsByTheSettingOfAllAndKeepsLinkLocalPacketsOnTheLink) {
  HostForTests made;
  made.interface("eth2", {"2001:db8:2::1/64", "fe80::2/64"});
  made.route("2001:db8:2::/64", "eth2");
  made.route("fe80::/64", "eth2");
  Arrival arrival{.packet = tcp("2001:db8:2::9", "2001:db8::9", 80), .in_interface = "eth2"};
  EXPECT_EQ(trace_packet(made.traced(), arrival).ending.interface, "eth0");
  arrival.packet.source = ip("fe80::9");
  EXPECT_EQ(trace_packet(made.traced(), arrival).ending.kind, EndKind::kDropped);
  arrival.packet.destination = ip("fe80::2");
  EXPECT_EQ(trace_packet(made.traced(), arrival).ending.kind, EndKind::kDelivered);
  arrival.packet = tcp("2001:db8:2::9", "2001:db8::9", 80);
  made.facts().settings->interfaces["all"].forwards_ipv6 = false;
  EXPECT_EQ(trace_packet(made.traced(), arrival).ending.reason, DropReason::kNoForwarding);
}

TEST(Routing, WithoutFactsItDependsOnThem) {
  HostForTests made;
  made.facts() = {};
  auto paths =
      all_paths(made.traced(), {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"});
  ASSERT_EQ(paths.size(), 2);
  EXPECT_EQ(paths[0].ending.kind, EndKind::kUnknown);
  EXPECT_EQ(paths[1].ending.kind, EndKind::kDelivered);
}

TEST(Routing, AnInterfaceThatIsDownLetsNothingIn) {
  HostForTests made;
  made.facts().interfaces[1].is_up = false;
  EXPECT_EQ(reason(made, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"}),
            DropReason::kInterfaceDown);
}

TEST(EntryInterface, IsThatOfTheWayBack) {
  auto host = HostForTests().traced();
  EXPECT_EQ(entry_interface(host, ip("203.0.113.9")), "eth0");
  EXPECT_EQ(entry_interface(host, ip("172.17.0.2")), "docker0");
  EXPECT_EQ(entry_interface(host, ip("10.1.0.1")), "lo");
}

}  // namespace
}  // namespace pyfw
