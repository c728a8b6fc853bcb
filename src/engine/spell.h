// Learns how the kernel spells what the owner wrote, where the live state does not show it already.

#pragma once

#include <vector>

#include "engine/kernel.h"
#include "wish/wished_set.h"
#include "wish/written.h"

namespace pyfw {

// Fills in `spelled` of each rule and member. A host whose wishes stand in its chains as they are written
// needs nobody to be asked. Fails, at its place in the wishes file and with the program's own words, on
// what iptables or ipset refuses.
Result<void> spell(const Wishes& wishes, WrittenRules& rules, std::vector<WishedSet>& sets, const State& live,
                   Kernel& kernel);

}  // namespace pyfw
