#include "topology.h"

#include <fmt/format.h>

namespace pyfw::differential {
namespace {

Ip ip(const std::string& text) { return *Ip::parse(text); }

Mac mac(std::uint8_t side, std::size_t number) {
  return {0x02, 0, 0, 0, side, static_cast<std::uint8_t>(number)};
}

void add_network(Topology& to, const std::string& interface, std::size_t number) {
  to.lines.push_back(fmt::format("addr add 10.0.{0}.1/24 brd 10.0.{0}.255 dev {1}", number, interface));
  to.lines.push_back(fmt::format("addr add fd00:{}::1/64 dev {} nodad", number, interface));
  to.own.push_back(ip(fmt::format("10.0.{}.1", number)));
  to.own.push_back(ip(fmt::format("fd00:{}::1", number)));
  to.odd.push_back(ip(fmt::format("10.0.{}.255", number)));
}

void add_neighbour(Topology& to, std::size_t wire, std::size_t network, std::size_t host) {
  const auto& at = to.wires[wire];
  for (const auto& text :
       {fmt::format("10.0.{}.{}", network, host), fmt::format("fd00:{}::{}", network, host)}) {
    to.neighbours.push_back({.ip = ip(text), .wire = wire});
    // Wires without a bridge need no neighbours: they are told not to ask for any.
    if (!at.bridge.empty())
      to.lines.push_back(
          fmt::format("neigh add {} lladdr {} dev {} nud permanent", text, to_string(at.far_mac), at.bridge));
  }
}

void add_wires(Topology& to, std::size_t wires) {
  for (std::size_t i = 0; i < wires; ++i) {
    to.wires.push_back({.name = fmt::format("eth{}", i), .host_mac = mac(1, i), .far_mac = mac(2, i)});
    add_network(to, to.wires.back().name, i);
    for (auto host : {2U, 3U}) add_neighbour(to, i, i, host);
  }
}

void add_bridge(Topology& to, std::size_t ports) {
  constexpr std::size_t kNetwork = 17;
  for (std::size_t port = 0; port < ports; ++port) {
    auto wire = to.wires.size();
    to.wires.push_back({.name = fmt::format("port{}", port),
                        .host_mac = mac(1, wire),
                        .far_mac = mac(2, wire),
                        .bridge = "docker0"});
    add_neighbour(to, wire, kNetwork, 2 + port);
  }
  add_network(to, "docker0", kNetwork);
}

void add_second_addresses(Topology& to, Dice& dice) {
  if (dice.chance(40)) {
    to.lines.emplace_back("addr add 10.0.0.9/24 dev eth0");
    to.own.push_back(ip("10.0.0.9"));
  }
  if (dice.chance(30)) {
    to.lines.emplace_back("addr add 192.0.2.1/32 dev lo");
    to.own.push_back(ip("192.0.2.1"));
  }
  if (dice.chance(30)) {
    to.lines.emplace_back("addr add 2001:db8:9::1/128 dev lo nodad");
    to.own.push_back(ip("2001:db8:9::1"));
  }
}

void add_routes(Topology& to, Dice& dice) {
  if (dice.chance(75)) {
    to.lines.emplace_back("route add default via 10.0.0.2 dev eth0");
    to.lines.emplace_back("route add ::/0 via fd00:0::2 dev eth0");
  }
  if (dice.chance(60)) {
    to.lines.emplace_back("route add 198.51.100.0/24 via 10.0.1.2 dev eth1");
    to.lines.emplace_back("route add 2001:db8:51::/64 via fd00:1::2 dev eth1");
  }
  if (dice.chance(40)) to.lines.emplace_back("route add 198.51.100.64/26 via 10.0.0.3 dev eth0 metric 5");
  const std::vector<std::string> kinds = {"blackhole", "unreachable", "prohibit", "throw"};
  if (dice.chance(50)) to.lines.push_back(fmt::format("route add {} 203.0.113.0/24", dice.pick(kinds)));
  if (dice.chance(40)) to.lines.push_back(fmt::format("route add {} 2001:db8:bad::/64", dice.pick(kinds)));
  for (const auto* text :
       {"198.51.100.7", "198.51.100.70", "203.0.113.5", "2001:db8:51::7", "2001:db8:bad::5"})
    to.beyond.push_back(ip(text));
}

void add_routing_rules(Topology& to, Dice& dice) {
  if (!dice.chance(40)) return;
  to.lines.emplace_back("route add default via 10.0.1.3 dev eth1 table 100");
  to.lines.emplace_back("route add ::/0 via fd00:1::3 dev eth1 table 100");
  const std::vector<std::string> kinds = {"fwmark 0x1", "fwmark 0x2/0x6",     "from 10.0.0.3/32",
                                          "iif eth0",   "to 198.51.100.0/24", "not fwmark 0x1"};
  to.lines.push_back(fmt::format("rule add {} lookup 100 priority 1000", dice.pick(kinds)));
  const std::vector<std::string> kinds6 = {"fwmark 0x1", "from fd00:0::3/128", "iif eth0"};
  to.lines.push_back(fmt::format("-6 rule add {} lookup 100 priority 1000", dice.pick(kinds6)));
}

void add_settings(Topology& to, Dice& dice) {
  // IPv6 forwarding is set first: it and IPv4's set those of all interfaces.
  to.settings.push_back({.name = "ipv4/ip_forward", .value = dice.chance(88) ? "1" : "0"});
  to.settings.push_back({.name = "ipv6/conf/all/forwarding", .value = dice.chance(88) ? "1" : "0"});
  for (const auto* interface : {"all", "eth0", "eth1"}) {
    to.settings.push_back({.name = fmt::format("ipv4/conf/{}/rp_filter", interface),
                           .value = dice.chance(70)   ? "0"
                                    : dice.chance(50) ? "1"
                                                      : "2"});
    to.settings.push_back({.name = fmt::format("ipv4/conf/{}/route_localnet", interface),
                           .value = dice.chance(interface == std::string("all") ? 15 : 30) ? "1" : "0"});
  }
  bool has_bridge = !to.wires.back().bridge.empty();
  if (!has_bridge) return;
  for (const auto* family : {"iptables", "ip6tables"})
    to.settings.push_back(
        {.name = fmt::format("bridge/bridge-nf-call-{}", family), .value = dice.chance(70) ? "1" : "0"});
}

}  // namespace

std::string to_string(const Mac& mac) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3], mac[4],
                     mac[5]);
}

Mac mac_of_bridge() { return mac(3, 0); }

Topology plain_topology() {
  Topology out;
  add_wires(out, 2);
  out.settings = {{.name = "ipv4/ip_forward", .value = "1"},
                  {.name = "ipv6/conf/all/forwarding", .value = "1"}};
  return out;
}

Topology topology_with_bridge() {
  auto out = plain_topology();
  add_bridge(out, 3);
  out.lines.emplace_back("route add default via 10.0.0.2 dev eth0");
  out.lines.emplace_back("route add ::/0 via fd00:0::2 dev eth0");
  for (const auto* family : {"iptables", "ip6tables"})
    out.settings.push_back({.name = fmt::format("bridge/bridge-nf-call-{}", family), .value = "1"});
  return out;
}

Topology random_topology(Dice& dice) {
  Topology out;
  add_wires(out, static_cast<std::size_t>(dice.between(2, 3)));
  if (dice.chance(40)) add_bridge(out, 2);
  add_second_addresses(out, dice);
  add_routes(out, dice);
  add_routing_rules(out, dice);
  add_settings(out, dice);
  out.own.push_back(ip("127.0.0.1"));
  out.own.push_back(ip("::1"));
  for (const auto* text : {"255.255.255.255", "224.0.0.1", "127.0.0.5", "0.0.0.0", "ff02::1"})
    out.odd.push_back(ip(text));
  return out;
}

}  // namespace pyfw::differential
