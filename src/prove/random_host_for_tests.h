// Random hosts and packets, for properties of what all packets do: rules of all tables, sets, Docker, routes,
// and packets that lie at their borders.

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/contains.h"
#include "net/address_kinds.h"
#include "prove/field_values.h"
#include "prove/reach.h"
#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {

// Each as likely, however small the case is that rapidcheck begins with.
inline int any(int end) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end)); }

template <typename T>
const T& one_of(const std::vector<T>& some) {
  return some[static_cast<std::size_t>(any(static_cast<int>(some.size())))];
}

struct World {
  Family family = Family::kIpv4;
  std::vector<std::string> addresses;
  std::vector<int> lengths;
  std::string container;   // to which ports are published
  std::string containers;  // of which DNAT chooses one
  std::string masquerade;  // an own address
  std::string range;       // of addresses that SNAT chooses from
  std::string refusal;
  std::string sets;
};

inline const World kIpv4World = {
    .addresses = {"192.0.2.9", "192.0.2.1", "10.1.0.9", "10.1.0.1", "172.17.0.2", "172.17.0.3", "172.17.0.77",
                  "172.17.0.1", "203.0.113.5", "127.0.0.1", "224.0.0.1", "10.200.0.1", "172.18.0.2",
                  "172.18.0.1", "198.51.100.9", "100.64.0.9", "172.17.0.4", "172.18.0.4", "0.1.2.3"},
    .lengths = {8, 16, 24, 32},
    .container = "172.17.0.2",
    .containers = "172.17.0.2-172.17.0.77",
    .masquerade = "192.0.2.1",
    .range = "10.77.0.1-10.77.0.9",
    .refusal = "icmp-port-unreachable",
    .sets =
        "create nets hash:net family inet hashsize 1024 maxelem 65536\nadd nets 192.0.2.0/28\n"
        "add nets 192.0.2.9 nomatch\nadd nets 10.0.0.0/8\ncreate hosts hash:ip family inet hashsize 1024 "
        "maxelem 65536\nadd hosts 203.0.113.5\nadd hosts 172.17.0.2\ncreate pairs hash:ip,port family inet "
        "hashsize 1024 maxelem 65536\nadd pairs 192.0.2.9,tcp:80\nadd pairs 10.1.0.9,tcp:50123\n"
        "add pairs 172.17.0.2,tcp:80\n"};
inline const World kIpv6World = {
    .family = Family::kIpv6,
    .addresses = {"2001:db8::9", "2001:db8::1", "fd10::9", "fd10::1", "fd17::2", "fd17::3", "fd17::77",
                  "fd17::1", "2001:db8:5::5", "::1", "ff02::1", "fe80::9", "fd18::2", "fd18::1",
                  "2001:db8:7::9", "fd17::4", "fd18::4", "2002::5"},
    .lengths = {8, 16, 64, 128},
    .container = "fd17::2",
    .containers = "fd17::2-fd17::77",
    .masquerade = "2001:db8::1",
    .range = "fd77::1-fd77::9",
    .refusal = "icmp6-port-unreachable",
    .sets =
        "create nets hash:net family inet6 hashsize 1024 maxelem 65536\nadd nets 2001:db8::/120\n"
        "add nets 2001:db8::9 nomatch\nadd nets fd10::/16\ncreate hosts hash:ip family inet6 hashsize 1024 "
        "maxelem 65536\nadd hosts 2001:db8:5::5\nadd hosts fd17::2\ncreate pairs hash:ip,port family inet6 "
        "hashsize 1024 maxelem 65536\nadd pairs 2001:db8::9,tcp:80\nadd pairs fd10::9,tcp:50123\n"
        "add pairs fd17::2,tcp:80\n"};
inline const char* kOtherSets =
    "create ports bitmap:port range 0-65535\nadd ports 80\nadd ports 50123\nadd ports 7\n"
    "create list list:set size 8\nadd list hosts\nadd list ports\n";

inline const std::vector<Field> kFree = {Field::kSource, Field::kSourcePort, Field::kTtl,
                                         Field::kTos,    Field::kLength,     Field::kTcpOptions};

inline std::string some_match(const World& world, bool is_source_of_reply) {
  std::string out;
  auto side = [&] { return any(is_source_of_reply ? 2 : 3) == 0 ? "-d" : "-s"; };
  if (any(2) == 0)
    out += fmt::format("{}{} {}/{} ", any(4) == 0 ? "! " : "", side(), one_of(world.addresses),
                       one_of(world.lengths));
  switch (any(13)) {
    case 0: out += fmt::format("-p tcp -m tcp --sport {}:{} ", any(60000), 60000 + any(5000)); break;
    case 1: out += fmt::format("-p tcp -m tcp --dport {} ", one_of(std::vector{80, 8000, 22})); break;
    case 2:
      out += fmt::format("{}-lt {} ", world.family == Family::kIpv4 ? "-m ttl --ttl" : "-m hl --hl",
                         one_of(std::vector{2, 63, 64, 65, 200}));
      break;
    case 3:
      out += fmt::format("-m set --match-set {} {} ", one_of(std::vector{"nets", "hosts", "ports", "list"}),
                         one_of(std::vector{"src", "dst"}));
      break;
    case 4:
      out +=
          fmt::format("-m set ! --match-set pairs {} ", one_of(std::vector{"src,dst", "dst,src", "src,src"}));
      break;
    case 5:
      out += fmt::format("-m conntrack --ctstate {} ",
                         one_of(std::vector{"NEW", "RELATED,ESTABLISHED", "DNAT", "INVALID,UNTRACKED"}));
      break;
    case 6: out += fmt::format("-m conntrack --ctorigdst {} ", one_of(world.addresses)); break;
    case 7: out += fmt::format("-m addrtype --{}-type LOCAL ", one_of(std::vector{"src", "dst"})); break;
    case 8:
      out += one_of(std::vector<std::string>{"-m limit --limit 3/min ", "-m string --string a --algo bm "});
      break;
    case 9: out += fmt::format("-m mark --mark {} ", any(3)); break;
    case 10: out += fmt::format("-m length --length {}:1000 ", one_of(std::vector{20, 60, 61})); break;
    case 11: out += "-m physdev --physdev-in veth2 "; break;
    default: break;
  }
  return out;
}

inline std::vector<std::string> builtin_chains_of(const std::string& table) {
  if (table == "raw") return {"PREROUTING", "OUTPUT"};
  if (table == "mangle") return {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};
  if (table == "nat") return {"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"};
  return {"INPUT", "FORWARD", "OUTPUT"};
}

inline std::vector<std::string> targets_of(const World& world, const std::string& table) {
  bool is_ipv4 = world.family == Family::kIpv4;
  if (table == "raw") return {"NOTRACK", "DROP", "RETURN"};
  if (table == "mangle")
    return {"MARK --set-xmark 0x1/0xffffffff", is_ipv4 ? "TTL --ttl-set 64" : "HL --hl-set 64",
            is_ipv4 ? "TTL --ttl-dec 1" : "HL --hl-dec 1", "CONNMARK --set-xmark 0x2/0xffffffff", "RETURN"};
  auto to = is_ipv4 ? world.container + ":80" : "[" + world.container + "]:80";
  if (table == "nat")
    return {"DNAT --to-destination " + to,          "MASQUERADE",
            "SNAT --to-source " + world.masquerade, "RETURN",
            "SNAT --to-source " + world.range,      "ACCEPT",
            "MASQUERADE --to-ports 50000-50200",    "DNAT --to-destination " + world.containers};
  return {
      "ACCEPT", "ACCEPT", "DROP", "REJECT --reject-with " + world.refusal, "REJECT --reject-with tcp-reset",
      "RETURN", "LOG"};
}

// Whether the kernel takes that target there.
inline bool may_stand_in(const std::string& target, const std::string& table, const std::string& chain) {
  if (table != "nat") return true;
  if (chain == "USER") return target == "RETURN" || target == "ACCEPT";
  if (!target.starts_with("DNAT") && !target.starts_with("SNAT") && !target.starts_with("MASQ")) return true;
  bool is_source_side = chain == "POSTROUTING" || chain == "INPUT";
  return is_source_side == !target.starts_with("DNAT");
}

inline bool wants_tcp(const std::string& target) {
  return target.find("--to-destination") != std::string::npos ||
         target.find("--to-ports") != std::string::npos || target.find("tcp-reset") != std::string::npos;
}

// None where the kernel would not take it.
inline std::optional<std::string> some_rule(const World& world, const std::string& table,
                                            const std::string& chain) {
  auto target = chain != "USER" && any(4) == 0 ? std::string("USER") : one_of(targets_of(world, table));
  auto match = some_match(world, chain == "OUTPUT");
  if (wants_tcp(target) && match.find("-p tcp") == std::string::npos) match += "-p tcp ";
  if (!may_stand_in(target, table, chain)) return std::nullopt;
  return fmt::format("-A {} {}-j {}", chain, match, target);
}

inline std::string some_table(const World& world, const std::string& table) {
  auto out = "*" + table + "\n";
  auto chains = builtin_chains_of(table);
  for (const auto& chain : chains)
    out += fmt::format(":{} {} [0:0]\n", chain, table == "filter" && any(4) == 0 ? "DROP" : "ACCEPT");
  out += ":USER - [0:0]\n";
  chains.emplace_back("USER");
  for (const auto& chain : chains)
    for (int i = any(4); i > 0; --i)
      if (auto rule = some_rule(world, table, chain)) out += *rule + "\n";
  return out + "COMMIT\n";
}

inline std::string some_rules(const World& world) {
  std::string out;
  if (any(3) == 0) out += some_table(world, "raw");
  if (any(3) == 0) out += some_table(world, "mangle");
  if (any(4) != 0) out += some_table(world, "nat");
  return out + some_table(world, "filter");
}

// A second network beside Docker's first, a container in both, other ways to some addresses.
inline void make_host(HostForTests& made) {
  made.interface("br1", {"172.18.0.1/16", "fd18::1/64"}).kind = "bridge";
  for (const auto& [port, bridge] : {std::pair{"veth4", "br1"}, {"veth5", "docker0"}, {"veth6", "br1"}}) {
    auto& added = made.interface(port, {});
    added.bridge = bridge;
    added.kind = "veth";
  }
  for (const auto& [network, interface] : {std::pair{"172.18.0.0/16", "br1"},
                                           {"fd18::/64", "br1"},
                                           {"fd17::/64", "docker0"},
                                           {"fd10::/64", "eth1"}})
    made.route(network, interface);
  auto& facts = made.facts();
  auto give = [&](std::string_view name, std::string_view address) {
    std::ranges::find(facts.interfaces, name, &Interface::name)->addresses.push_back(*Prefix::parse(address));
  };
  give("docker0", "fd17::1/64");
  give("eth1", "fd10::1/64");
  give("eth1", "fd10:8000::1/64");
  if (any(2) == 0) made.route("198.51.100.0/24", "eth1", "10.1.0.254");
  if (any(2) == 0) made.route("2001:db8:7::/48", "eth1", "fd10::fe");
  if (any(2) == 0) made.route("100.64.0.0/10", "").type = RouteType::kUnreachable;
  if (any(4) == 0) {
    auto& other = made.route("0.0.0.0/0", "eth1", "10.1.0.254");
    other.table = 100;
    for (auto table : {kLocalTable, kMainTable})
      facts.rules.push_back({.priority = table == kMainTable ? 32766U : 0U, .table = table});
    facts.rules.push_back({.priority = 100, .from = *Prefix::parse("203.0.113.0/24"), .table = 100});
  }
  if (any(3) == 0) return;
  auto& docker = *made.with_docker().facts().docker;
  docker.userland_proxy = any(2) == 0;
  docker.networks.front().subnets.push_back(*Prefix::parse("fd17::/64"));
  docker.networks.push_back({.name = "other",
                             .driver = "bridge",
                             .bridge = "br1",
                             .subnets = {*Prefix::parse("172.18.0.0/16"), *Prefix::parse("fd18::/64")}});
  auto address = [](const std::string& network, std::string_view text) {
    return ContainerAddress{.network = network, .ip = ip(text), .length = 16};
  };
  docker.containers[0].addresses.push_back(address("bridge", "fd17::2"));
  docker.containers[1].addresses.push_back(address("bridge", "fd17::3"));
  docker.containers.push_back({.name = "c",
                               .network_mode = "other",
                               .addresses = {address("other", "172.18.0.2"), address("other", "fd18::2")},
                               .interfaces = {"veth4"}});
  docker.containers.push_back({.name = "d",
                               .network_mode = "other",
                               .addresses = {address("bridge", "172.17.0.4"), address("other", "172.18.0.4"),
                                             address("bridge", "fd17::4"), address("other", "fd18::4")},
                               .interfaces = {"veth5", "veth6"}});
}

inline Arrival some_arrival(const World& world) {
  auto source = world.family == Family::kIpv4 ? "192.0.2.77" : "2001:db8::77";
  auto like = any(6) == 0
                  ? udp(source, one_of(world.addresses), 80)
                  : tcp(source, one_of(world.addresses), one_of(std::vector<std::uint16_t>{80, 8000, 22}));
  return {.packet = like,
          .in_interface = one_of(
              std::vector<std::string>{"eth0", "eth0", "eth1", "docker0", "veth2", "br1", "veth6", ""})};
}

inline const std::vector<std::uint8_t> kTtls = {0, 1, 2, 62, 63, 64, 65, 66, 255};

inline Ip some_source(const World& world) {
  if (any(3) != 0) return ip(one_of(world.addresses));
  if (world.family == Family::kIpv4) return ip(fmt::format("{}.0.{}.{}", any(256), any(256), any(256)));
  return ip(fmt::format("{:x}:{:x}::{:x}", any(0x10000), any(2) * any(0x10000), any(0x10000)));
}

inline void make_some(const World& world, const std::vector<Field>& free, Packet& packet) {
  packet.source = some_source(world);
  if (contains(free, Field::kDestination)) {
    packet.destination = some_source(world);
    packet.destination_port = static_cast<std::uint16_t>(any(2) == 0 ? 80 : any(65536));
  }
  packet.source_port = static_cast<std::uint16_t>(any(3) == 0 ? packet.destination_port : any(65536));
  if (any(2) == 0) packet.source_port = 50123;
  packet.ttl = one_of(kTtls);
  packet.length = one_of(std::vector<std::uint16_t>{40, 60, 61, 1500});
}

inline Bdd::Node node_of(PacketSpace& space, const std::vector<Field>& free, const Packet& packet) {
  auto out = space.everything();
  for (auto field : free) {
    out = space.bdd().both(out, space.like(field, value_of(field, packet)));
  }
  return out;
}

inline std::string word_of(FlowOutcome outcome) {
  constexpr std::array kWords = {"works", "refused", "dropped", "depends"};
  return kWords[static_cast<std::size_t>(outcome)];
}

// Everything that may become of it.
inline std::set<std::string> outcomes_of(const FlowTrace& trace) {
  std::set<std::string> out;
  for (const auto& branch : trace.branches) out.insert(word_of(branch.verdict.outcome));
  if (out.empty()) out.insert(word_of(trace.verdict.outcome));
  return out;
}
inline std::set<std::string> outcomes_of(const TracedHost& host, const Arrival& arrival) {
  return outcomes_of(trace_flow(host, arrival));
}

}  // namespace pyfw
