// NAT of first packets: each target, what it takes, and what it leaves.

#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

std::string nat(std::string_view rules) {
  return "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT "
         "[0:0]\n" +
         std::string(rules) + "COMMIT\n";
}

Packet after(const std::string& rules, const Arrival& arrival) {
  auto host = HostForTests().rules(rules).traced();
  return trace_packet(host, arrival).last.packet;
}

// What Linux 6.18 chose.
TEST(Nat, OfSeveralAddressesTheClientsOwnDecidesAsInTheKernel) {
  HostForTests made;
  made.interface("br0", {"172.17.0.1/16"});
  for (const char* network : {"172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/16", "10.1.0.0/16"})
    made.route(network, "br0");
  made.rules(
      nat("-A POSTROUTING -d 172.18.0.0/16 -j SNAT --to-source 10.0.0.0-10.0.0.255\n"
          "-A POSTROUTING -d 172.19.0.0/16 -j SNAT --to-source 10.0.0.0-10.0.0.255 --persistent\n"
          "-A OUTPUT -d 172.20.0.0/16 -j DNAT --to-destination 10.1.0.0-10.1.3.7\n"));
  auto host = made.traced();
  auto to = [&](std::string_view destination) {
    return trace_packet(host, {.packet = udp("172.17.0.1", destination, 99)}).last.packet;
  };
  EXPECT_EQ(to("172.18.0.1").source, ip("10.0.0.63"));
  EXPECT_EQ(to("172.18.0.2").source, ip("10.0.0.117"));
  EXPECT_EQ(to("172.18.77.3").source, ip("10.0.0.191"));
  EXPECT_EQ(to("172.19.0.1").source, ip("10.0.0.242"));
  EXPECT_EQ(to("172.19.0.2").source, ip("10.0.0.242"));
  EXPECT_EQ(to("172.20.0.1").destination, ip("10.1.1.213"));
  EXPECT_EQ(to("172.20.0.2").destination, ip("10.1.1.246"));
}

TEST(Nat, DnatToPortsKeepsAPortThatIsAmongThemAndTakesTheFirstElse) {
  auto rules = nat("-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2:8000-8010\n");
  auto port = [&](std::uint16_t asked) {
    return after(rules, {.packet = tcp("203.0.113.9", "192.0.2.1", asked), .in_interface = "eth0"})
        .destination_port;
  };
  EXPECT_EQ(port(8005), 8005);
  EXPECT_EQ(port(80), 8000);
}

TEST(Nat, DnatWithABasePortShiftsThePort) {
  auto rules =
      nat("-A PREROUTING -p tcp -m tcp --dport 500:510 -j DNAT --to-destination 172.17.0.2:1000-1010/500\n");
  EXPECT_EQ(
      after(rules, {.packet = tcp("203.0.113.9", "192.0.2.1", 503), .in_interface = "eth0"}).destination_port,
      1003);
}

TEST(Nat, RedirectLeadsToTheAddressOfTheInterfaceOrForTheHostsOwnPacketsToLoopback) {
  auto rules = nat("-A PREROUTING -p tcp -j REDIRECT --to-ports 3128\n-A OUTPUT -p tcp -j REDIRECT\n");
  auto in = after(rules, {.packet = tcp("10.1.0.9", "203.0.113.9", 80), .in_interface = "eth1"});
  EXPECT_EQ(in.destination, ip("10.1.0.1"));
  EXPECT_EQ(in.destination_port, 3128);
  auto own = after(rules, {.packet = tcp("192.0.2.1", "203.0.113.9", 80)});
  EXPECT_EQ(own.destination, ip("127.0.0.1"));
  EXPECT_EQ(own.destination_port, 80);
}

TEST(Nat, RedirectDropsWhereTheInterfaceHasNoAddress) {
  HostForTests made;
  made.interface("bare", {});
  auto host = made.rules(nat("-A PREROUTING -p tcp -j REDIRECT\n")).traced();
  auto path = trace_packet(host, {.packet = tcp("10.1.0.9", "203.0.113.9", 80), .in_interface = "bare"});
  EXPECT_EQ(path.ending.kind, EndKind::kDropped);
}

TEST(Nat, NetmapKeepsTheHostPartOfTheAddress) {
  auto rules =
      nat("-A PREROUTING -d 192.0.2.0/24 -j NETMAP --to 10.1.0.0/24\n"
          "-A POSTROUTING -s 198.51.100.0/24 -j NETMAP --to 10.9.9.0/24\n");
  auto packet = after(rules, {.packet = tcp("198.51.100.7", "192.0.2.77", 80), .in_interface = "eth0"});
  EXPECT_EQ(packet.destination, ip("10.1.0.77"));
  EXPECT_EQ(packet.source, ip("10.9.9.7"));
}

TEST(Nat, MasqueradeTakesTheAddressInTheNextHopsNetwork) {
  HostForTests made;
  made.facts().interfaces[1].addresses = {*Prefix::parse("203.0.113.1/24"), *Prefix::parse("192.0.2.1/24")};
  auto host = made.rules(nat("-A POSTROUTING -o eth0 -j MASQUERADE\n")).traced();
  auto path =
      trace_packet(host, {.packet = tcp("172.17.0.2", "198.51.100.9", 80), .in_interface = "docker0"});
  EXPECT_EQ(path.last.packet.source, ip("192.0.2.1"));
}

TEST(Nat, SnatInInputIsSeenByWhoeverListens) {
  auto rules = nat("-A INPUT -p tcp -j SNAT --to-source 10.7.7.7\n");
  EXPECT_EQ(after(rules, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"}).source,
            ip("10.7.7.7"));
}

TEST(Nat, TheFirstBackendThatTranslatesHasSettledIt) {
  auto host = HostForTests()
                  .rules(nat("-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2\n"))
                  .legacy_rules(nat("-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.3\n"))
                  .traced();
  auto path = trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"});
  EXPECT_EQ(path.last.packet.destination, ip("172.17.0.3"));
  EXPECT_EQ(chains_of(host, path, "nat"), "PREROUTING POSTROUTING POSTROUTING");
}

TEST(Nat, TwoClientsBehindOneAddressGetPortsOfTheirOwn) {
  auto host = HostForTests().rules(nat("-A POSTROUTING -j SNAT --to-source 192.0.2.1:2000-2001\n")).traced();
  std::vector<Connection> known;
  Arrival arrival{.packet = tcp("172.17.0.2", "198.51.100.9", 80), .in_interface = "docker0"};
  for (int port : {2000, 2001}) {
    arrival.connections = known;
    auto path = trace_packet(host, arrival);
    EXPECT_EQ(path.last.packet.source_port, port);
    known.push_back(*entry_of(path));
    ++arrival.packet.source_port;
  }
  arrival.connections = known;
  EXPECT_EQ(trace_packet(host, arrival).ending.kind, EndKind::kDropped);
}

}  // namespace
}  // namespace pyfw
