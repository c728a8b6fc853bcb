// Rulesets by chance, for rapidcheck, of what a firewall of a router with published services is made of.

#pragma once

#include <vector>

#include "tests/z3/ruleset.h"
#include "tests/z3/story.h"

namespace z3check {

// With about so many rules, never more.
Ruleset random_ruleset(bool is_ipv6, int rules);
// The sets that they ask, of both families.
const std::vector<Set>& all_sets();
Asked random_asked(bool is_ipv6);

}  // namespace z3check
