// Learns how the kernel spells what the owner wrote, where the live state does not show it already.

#pragma once

#include <vector>

#include "engine/kernel.h"
#include "wish/wished_set.h"
#include "wish/written.h"

namespace pyfw {

// Fill in `spelled` of each member, or rule. A host whose wishes stand in its chains as they are written
// needs nobody to be asked. Fail, at its place in the wishes file and with the program's own words, on
// what ipset or iptables refuses.
Result<void> spell_sets(std::vector<WishedSet>& sets, const State& live, Kernel& kernel);
Result<void> spell_rules(const Wishes& wishes, WrittenRules& rules, const std::vector<WishedSet>& sets,
                         const State& live, Kernel& kernel);

}  // namespace pyfw
