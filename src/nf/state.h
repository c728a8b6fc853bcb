// What the kernel has, or shall have: the rules of both families and the sets.

#pragma once

#include <compare>
#include <map>
#include <string>

#include "nf/ruleset.h"
#include "nf/set.h"

namespace pyfw {

struct ChainId {
  Family family = Family::kIpv4;
  std::string table;
  std::string chain;

  auto operator<=>(const ChainId&) const = default;
};

struct State {
  Ruleset iptables;
  Ruleset ip6tables;
  Sets sets;

  bool operator==(const State&) const = default;
};

inline Ruleset& ruleset_of(State& state, Family family) {
  return family == Family::kIpv4 ? state.iptables : state.ip6tables;
}
inline const Ruleset& ruleset_of(const State& state, Family family) {
  return family == Family::kIpv4 ? state.iptables : state.ip6tables;
}

// What one of the two backends of iptables holds. The sets are of both.
struct BackendRules {
  Ruleset iptables;
  Ruleset ip6tables;

  bool operator==(const BackendRules&) const = default;
};

inline Ruleset& ruleset_of(BackendRules& rules, Family family) {
  return family == Family::kIpv4 ? rules.iptables : rules.ip6tables;
}
inline const Ruleset& ruleset_of(const BackendRules& rules, Family family) {
  return family == Family::kIpv4 ? rules.iptables : rules.ip6tables;
}

// Null where there is none.
const Chain* find_chain(const State& state, const ChainId& id);
Chain* find_chain(State& state, const ChainId& id);

// All chains, in the order of their names.
std::map<ChainId, const Chain*> chains_of(const State& state);

}  // namespace pyfw
