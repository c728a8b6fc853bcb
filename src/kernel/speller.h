// Asks iptables and ipset, in a scratch namespace, how the kernel spells rules and members.

#pragma once

#include <vector>

#include "engine/kernel.h"

namespace pyfw {

// As that backend spells them; by the other one where the kernel has not got it.
Result<std::vector<SpelledLine>> spell_in_scratch(const SpellRequest& request, Backend backend);
Result<SpelledSet> spell_set_in_scratch(const Set& set);

}  // namespace pyfw
