// Random rules and sets, as the saves write them.

#pragma once

#include <string>

#include "prove/random_host_for_tests.h"

namespace pyfw {

// As iptables-save and ipset save write them.
struct Rules {
  std::string rules;
  std::string sets;

  bool operator==(const Rules&) const = default;
};

// The sets of random rules, and one more of each kind that may take their place.
Rules random_rules(const World& world);
// With a rule of filter that does, first in its chain.
Rules looking_at_a_set(const Rules& rules);
// Each TTL that a rule counts down goes its own way: what everyone can send then takes long.
bool counts_down(const Rules& rules);

void put(HostForTests& made, const World& world, const Rules& rules);

// For those who read what is wrong: without chains that are open.
std::string telling_of(const Rules& rules);

}  // namespace pyfw
