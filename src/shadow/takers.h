// Who takes the packets of a rule that never matches: the rules before it that end their way, in its chain,
// in those that jump to it, and in those that are jumped to on the way.
//
//   auto because = takers_of(reach, looks, host, rule);

#pragma once

#include <vector>

#include "shadow/chain_reach.h"

namespace pyfw {

// In the order in which packets meet them; those with another target than the rule's first. Nothing where
// what takes them is not to be named.
std::vector<RuleRef> takers_of(ChainReach& reach, Looks& looks, const CompiledHost& host,
                               const RuleRef& rule);

}  // namespace pyfw
