// What a script took away that stood there before it, as `iptables -F` does with Docker's rules.

#pragma once

#include <cstddef>
#include <vector>

#include "nf/state.h"

namespace pyfw {

struct LostRules {
  ChainId chain;
  bool is_gone = false;   // the chain too
  std::size_t rules = 0;  // so many of its rules

  bool operator==(const LostRules&) const = default;
};

std::vector<LostRules> lost_rules(const State& start, const State& left);

}  // namespace pyfw
