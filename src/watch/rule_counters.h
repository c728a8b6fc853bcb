// How many packets and bytes rules have matched, as `iptables-save -c` prints them.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "nf/desired.h"
#include "plan/commit.h"

namespace pyfw {

// By chain and the rule's text; of equal rules in one chain the sum.
using RuleCounters = std::map<std::pair<ChainId, std::string>, Counters>;

// Lines that are no rules with counters are passed over.
void add_counters(Family family, std::string_view saved, RuleCounters& counters);

}  // namespace pyfw
