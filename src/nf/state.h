// What the kernel has, or shall have: the rules of both families and the sets.

#pragma once

#include <array>

#include "nf/ruleset.h"
#include "nf/set.h"

namespace pyfw {

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

}  // namespace pyfw
