// One change to random rules and sets.
//
//   auto mutated = mutate({.rules = rules, .sets = sets}, Mutation::kRuleMoved, kIpv4World);

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/random/rules.h"

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

bool is_of_sets(Mutation mutation);
// Drawn as all that rapidcheck draws. None where those rules have nothing of the kind.
std::optional<Rules> mutate(const Rules& rules, Mutation mutation, const World& world);

}  // namespace pyfw
