#include "random_claims.h"

#include <fmt/format.h>

#include "differential/near.h"
#include "ext/set_element.h"

namespace pyfw::proofs {
namespace {

using differential::Dice;
using differential::Near;
using differential::Scenario;
using differential::Topology;

std::string bracketed(const std::string& address) {
  return address.contains(':') ? '[' + address + ']' : address;
}

// Not by the bridge: whether the answer to a forged source goes back over the bridge or by the gateway is for
// the container to know.
std::string somewhere(Dice& dice, const Topology& topology) {
  const auto& wire = dice.pick(topology.wires);
  return dice.chance(50) && wire.bridge.empty() ? "@" + wire.name : std::string();
}

std::string all_but(const std::string& at, const std::string& except) {
  return fmt::format("{{ 'any{}', except: [{}] }}", at, except);
}

// An interface that is named lets in the unspecified address, too, which no host has.
std::string random_source(const Near& near, const Scenario& scenario) {
  auto& dice = near.dice();
  auto at = somewhere(dice, scenario.topology);
  std::string nobody = near.is_ipv4() ? "0.0.0.0" : "'::'";
  switch (dice.below(5)) {
    case 0: return all_but(at, nobody);
    case 1: return fmt::format("{{ '{}{}', except: [{}] }}", near.prefix(), at, nobody);
    case 2: return all_but(at, fmt::format("{}, '{}'", nobody, near.prefix()));
    case 3:
      return all_but(at, fmt::format("{}, '{}', '{}'", nobody, near.prefix(), near.neighbour().to_string()));
    default: break;
  }
  for (const auto& set : scenario.sets)
    if ((set.type == "hash:ip" || set.type == "hash:net") && layout_of(set).family == near.family())
      return all_but(at, fmt::format("{}, 'set:{}'", nobody, set.name));
  return all_but(at, nobody);
}

std::string random_destination(const Near& near) {
  auto& dice = near.dice();
  auto address = bracketed((dice.chance(60) ? near.own() : near.neighbour()).to_string());
  if (dice.chance(15)) return address + (near.is_ipv4() ? "/icmp" : "/icmpv6");
  return fmt::format("{}:{}/{}", address, near.port(), dice.chance(70) ? "tcp" : "udp");
}

}  // namespace

Scenario random_host(Dice& dice, const std::vector<Backend>& backends) {
  constexpr std::size_t kMostRules = 2;  // of a chain
  auto out = differential::random_scenario(dice, backends);
  for (auto& [id, ruleset] : out.rulesets)
    for (auto& table : ruleset.tables)
      for (auto& chain : table.chains)
        while (chain.rules.size() > kMostRules)
          chain.rules.erase(chain.rules.begin() +
                            static_cast<std::ptrdiff_t>(dice.below(chain.rules.size())));
  return out;
}

std::vector<Claim> random_claims(Dice& dice, const Scenario& scenario) {
  constexpr int kPairs = 4;
  std::vector<Claim> out;
  for (auto family : kFamilies) {
    Near near(dice, scenario.topology, family);
    for (int i = 0; i < kPairs; ++i) {
      auto from = random_source(near, scenario);
      auto to = random_destination(near);
      for (const auto* is : {"works", "refused", "dropped", "not works"})
        out.push_back({.from = from, .to = to, .is = is});
    }
  }
  return out;
}

}  // namespace pyfw::proofs
