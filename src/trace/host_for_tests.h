// Hosts for tests of tracing, from the text of saves.
//
//   auto host = HostForTests().rules("*filter\n…COMMIT\n").traced();
//   auto path = trace_packet(host, {.packet = tcp("10.0.0.9", "192.0.2.1", 22), .in_interface = "eth0"});
//   EXPECT_EQ(way_of(host, path), "…");
//
// It has lo, eth0 (192.0.2.1/24, 2001:db8::1/64, the default route), eth1 (10.1.0.1/24) and the bridge
// docker0 (172.17.0.1/16) with the ports veth2 and veth3, behind which are 172.17.0.2 and 172.17.0.3; it
// forwards.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "host/state_document.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "trace/flow.h"
#include "trace/trace.h"

namespace pyfw {

inline Ip ip(std::string_view text) { return *Ip::parse(text); }

inline Packet tcp(std::string_view source, std::string_view destination, std::uint16_t port,
                  std::uint8_t flags = kSyn) {
  return {.source = ip(source),
          .destination = ip(destination),
          .protocol = kTcp,
          .source_port = 40000,
          .destination_port = port,
          .tcp_flags = flags};
}
inline Packet udp(std::string_view source, std::string_view destination, std::uint16_t port) {
  auto packet = tcp(source, destination, port, 0);
  packet.protocol = kUdp;
  return packet;
}
inline Packet ping(std::string_view source, std::string_view destination) {
  auto family = ip(source).family();
  return {.source = ip(source),
          .destination = ip(destination),
          .protocol = family == Family::kIpv4 ? kIcmp : kIcmp6,
          .icmp_type = static_cast<std::uint8_t>(family == Family::kIpv4 ? 8 : 128)};
}

inline Ruleset rules_of(std::string_view save) {
  auto source = std::make_shared<const Source>(Source{.name = "save", .text = std::string(save)});
  auto rules = parse_iptables_save(source);
  EXPECT_TRUE(rules.has_value()) << (rules ? "" : render(rules.error()));
  return rules.value_or(Ruleset{});
}

class HostForTests {
 public:
  HostForTests() {
    interface("lo", {"127.0.0.1/8", "::1/128"});
    interface("eth0", {"192.0.2.1/24", "2001:db8::1/64"});
    interface("eth1", {"10.1.0.1/24"});
    interface("docker0", {"172.17.0.1/16"}).kind = "bridge";
    for (const char* port : {"veth2", "veth3"}) {
      auto& added = interface(port, {});
      added.bridge = "docker0";
      added.kind = "veth";
    }
    route("192.0.2.0/24", "eth0");
    route("10.1.0.0/24", "eth1");
    route("172.17.0.0/16", "docker0");
    route("0.0.0.0/0", "eth0", "192.0.2.254");
    route("2001:db8::/64", "eth0");
    route("::/0", "eth0", "2001:db8::ff");
    auto& settings = facts().settings.emplace();
    settings.ip_forward = true;
    settings.bridge_nf_call_iptables = true;
    settings.bridge_nf_call_ip6tables = true;
    settings.interfaces["all"].forwards_ipv6 = true;
  }

  HostForTests& rules(std::string_view save) {
    state_.state.iptables = rules_of(save);
    return *this;
  }
  HostForTests& ipv6_rules(std::string_view save) {
    state_.state.ip6tables = rules_of(save);
    return *this;
  }
  HostForTests& legacy_rules(std::string_view save) {
    state_.other = BackendRules{.iptables = rules_of(save), .ip6tables = {}};
    return *this;
  }
  HostForTests& sets(std::string_view save) {
    auto source = std::make_shared<const Source>(Source{.name = "save", .text = std::string(save)});
    auto sets = parse_ipset_save(source);
    EXPECT_TRUE(sets.has_value()) << (sets ? "" : render(sets.error()));
    state_.state.sets = sets.value_or(Sets{});
    return *this;
  }
  Interface& interface(std::string name, std::initializer_list<std::string_view> addresses) {
    Interface added{.name = std::move(name), .is_up = true};
    for (auto address : addresses) added.addresses.push_back(*Prefix::parse(address));
    return facts().interfaces.emplace_back(std::move(added));
  }
  Route& route(std::string_view destination, std::string name, std::string_view gateway = "") {
    return facts().routes.emplace_back(Route{.destination = *Prefix::parse(destination),
                                             .gateway = Ip::parse(gateway),
                                             .interface = std::move(name)});
  }
  // Two containers, a at 172.17.0.2 and b at 172.17.0.3; a's port 80 is published as 8000.
  HostForTests& with_docker() {
    auto& docker = facts().docker.emplace();
    docker.networks.push_back({.name = "bridge",
                               .driver = "bridge",
                               .bridge = "docker0",
                               .subnets = {*Prefix::parse("172.17.0.0/16")},
                               .gateways = {ip("172.17.0.1")}});
    for (const auto& [name, address, port] :
         {std::tuple{"a", "172.17.0.2", "veth2"}, {"b", "172.17.0.3", "veth3"}})
      docker.containers.push_back(
          {.name = name,
           .network_mode = "bridge",
           .addresses = {{.network = "bridge", .ip = ip(address), .length = 16, .gateway = ip("172.17.0.1")}},
           .interfaces = {port}});
    docker.containers[0].ports.push_back(
        {.protocol = kTcp, .host_port = 8000, .container_port = 80, .has_proxy = true});
    return *this;
  }
  HostForTests& listener(std::uint8_t protocol, std::string_view address, std::uint16_t port,
                         std::string program) {
    auto& listeners = facts().listeners;
    if (!listeners) listeners.emplace();
    listeners->push_back(
        {.protocol = protocol, .address = ip(address), .port = port, .program = std::move(program)});
    return *this;
  }

  Facts& facts() { return state_.facts; }
  HostState& state() { return state_; }
  [[nodiscard]] TracedHost traced() const { return TracedHost(state_); }

 private:
  HostState state_;
};

// The rules that matched and the policies, in their order: "nat PREROUTING 1, filter INPUT policy".
inline std::string way_of(const TracedHost& host, const Path& path) {
  std::string out;
  for (const auto& step : path.steps) {
    if (step.kind != StepKind::kMatched && step.kind != StepKind::kPolicy) continue;
    const auto& chain = host.chain(step.chain);
    if (!out.empty()) out += ", ";
    out += chain.table + " " + chain.name + " ";
    out += step.kind == StepKind::kPolicy ? "policy" : std::to_string(step.rule + 1);
  }
  return out;
}

}  // namespace pyfw
