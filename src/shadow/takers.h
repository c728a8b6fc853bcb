// Who takes the packets of a rule that never matches: the rules before it that end their way, in its chain,
// in those that jump to it, and in those that are jumped to on the way.
//
//   auto takers = takers_of(table, rule);

#pragma once

#include <cstddef>
#include <vector>

#include "shadow/table_reach.h"

namespace pyfw {

struct Takers {
  // In the order in which packets meet them; but those first that match whatever the rule matches, then those
  // with another target than the rule's. Nothing where what takes them is not to be named.
  std::vector<RuleRef> rules{};
  // So many of the first would each be enough: they match all that the rule may match, of what comes to their
  // chain; in the rule's own chain all of it.
  std::size_t enough = 0;
};

Takers takers_of(TableReach& table, const RuleRef& rule);

}  // namespace pyfw
