#include "cage/dockers_chains.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "cage/network.h"

namespace pyfw {
namespace {

struct Bridge {
  std::string name;
  std::vector<Prefix> networks{};
};

std::vector<Bridge> bridges_of(const Facts& facts) {
  std::vector<Bridge> bridges;
  for (const auto& interface : facts.interfaces)
    if (is_dockers(interface)) bridges.push_back({.name = interface.name, .networks = interface.addresses});
  if (bridges.empty()) bridges.push_back({.name = "docker0", .networks = {*Prefix::parse("172.17.0.0/16")}});
  return bridges;
}

void add(State& state, const char* table, const char* chain, const std::string& text) {
  ensure_chain(state.iptables, table, chain).rules.emplace_back(text);
}

void add_bridge_to_filter(State& state, const std::string& bridge) {
  for (std::string_view rule : {"-o {0} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                                "-o {0} -j DOCKER", "-i {0} ! -o {0} -j ACCEPT", "-i {0} -o {0} -j ACCEPT"})
    add(state, "filter", "FORWARD", fmt::format(fmt::runtime(rule), bridge));
  add(state, "filter", "DOCKER-ISOLATION-STAGE-1",
      fmt::format("-i {0} ! -o {0} -j DOCKER-ISOLATION-STAGE-2", bridge));
  add(state, "filter", "DOCKER-ISOLATION-STAGE-2", fmt::format("-o {} -j DROP", bridge));
}

void add_bridge_to_nat(State& state, const Bridge& bridge) {
  for (const auto& network : bridge.networks)
    if (network.ip.family() == Family::kIpv4)
      add(state, "nat", "POSTROUTING",
          fmt::format("-s {}/{} ! -o {} -j MASQUERADE", network.ip.masked(network.length).to_string(),
                      network.length, bridge.name));
  add(state, "nat", "DOCKER", fmt::format("-i {} -j RETURN", bridge.name));
}

}  // namespace

State dockers_chains(const Facts& facts) {
  State state;
  for (const char* chain : {"DOCKER", "DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2", "DOCKER-USER"})
    ensure_chain(state.iptables, "filter", chain);
  ensure_chain(state.iptables, "nat", "DOCKER");
  add(state, "filter", "FORWARD", "-j DOCKER-USER");
  add(state, "filter", "FORWARD", "-j DOCKER-ISOLATION-STAGE-1");
  add(state, "nat", "PREROUTING", "-m addrtype --dst-type LOCAL -j DOCKER");
  add(state, "nat", "OUTPUT", "! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER");
  for (const auto& bridge : bridges_of(facts)) {
    add_bridge_to_filter(state, bridge.name);
    add_bridge_to_nat(state, bridge);
  }
  for (const char* chain : {"DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2", "DOCKER-USER"})
    add(state, "filter", chain, "-j RETURN");
  return state;
}

}  // namespace pyfw
