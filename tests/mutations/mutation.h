// One change to random rules and sets.
//
//   auto mutated = mutate({.rules = rules, .sets = sets}, Mutation::kRuleMoved, kIpv4World);

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "prove/random_host_for_tests.h"

namespace pyfw {

enum class Mutation : std::uint8_t {
  kRuleAdded,
  kRuleRemoved,
  kRuleMoved,
  kTargetChanged,
  kMatchChanged,
  kMatchNegated,
  kPolicyFlipped,
  kMemberAdded,
  kMemberRemoved,
  kSetsSwapped,
  kChainEmptied,
  kJumpRemoved,
  kNatChanged,
};
inline constexpr std::array kMutations = {
    Mutation::kRuleAdded,     Mutation::kRuleRemoved,  Mutation::kRuleMoved,     Mutation::kTargetChanged,
    Mutation::kMatchChanged,  Mutation::kMatchNegated, Mutation::kPolicyFlipped, Mutation::kMemberAdded,
    Mutation::kMemberRemoved, Mutation::kSetsSwapped,  Mutation::kChainEmptied,  Mutation::kJumpRemoved,
    Mutation::kNatChanged};
// "RuleAdded".
std::string_view name_of(Mutation mutation);

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
bool is_of_sets(Mutation mutation);
// Each TTL that a rule counts down goes its own way: what everyone can send then takes long.
bool counts_down(const Rules& rules);
// Drawn as all that rapidcheck draws. None where those rules have nothing of the kind.
std::optional<Rules> mutate(const Rules& rules, Mutation mutation, const World& world);

}  // namespace pyfw
