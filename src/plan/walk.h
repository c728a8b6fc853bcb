// The order in which packets meet the rules of a state: hook by hook, table by table, jumps followed.

#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <vector>

#include "nf/desired.h"

namespace pyfw {

// The hooks of linux/netfilter.h, as bits.
enum HookBit : unsigned { kPrerouting = 1, kInput = 2, kForward = 4, kOutput = 8, kPostrouting = 16 };

struct ChainWalk {
  unsigned hooks = 0;  // from which the chain can be reached
  std::vector<std::size_t>
      position;                // of each rule, when it is first met; kUnmet in a chain that nothing reaches
  std::size_t visits = 0;      // jumps that lead here, 2 standing for more
  std::size_t last_visit = 0;  // the position of the last such jump
};

inline constexpr std::size_t kUnmet = std::numeric_limits<std::size_t>::max();

using Walk = std::map<ChainId, ChainWalk>;

// Of one family. Each chain is followed once a hook; O(rules).
Walk walk_of(const State& state, Family family);

}  // namespace pyfw
