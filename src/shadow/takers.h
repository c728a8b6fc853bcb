// Who takes the packets of a rule that never matches: the rules before it that end their way, in its chain,
// in those that jump to it, and in those that are jumped to on the way.
//
//   auto because = takers_of(table, rule);

#pragma once

#include <vector>

#include "shadow/table_reach.h"

namespace pyfw {

// In the order in which packets meet them; but those first that match whatever the rule matches, then those
// with another target than the rule's. Nothing where what takes them is not to be named.
std::vector<RuleRef> takers_of(TableReach& table, const RuleRef& rule);

// Whether a rule matches all packets that another one of its table may match, where those come to it that its
// chain is sent and does not keep from it; in the same chain all of them.
bool asks_for_no_more(TableReach& table, const RuleRef& one, const RuleRef& than);

}  // namespace pyfw
