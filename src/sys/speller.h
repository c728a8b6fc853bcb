// Asks iptables and ipset, in a scratch namespace, how the kernel spells rules and members.

#pragma once

#include <vector>

#include "engine/kernel.h"

namespace pyfw {

Result<std::vector<SpelledLine>> spell_in_scratch(const SpellRequest& request);
Result<SpelledSet> spell_set_in_scratch(const Set& set);

// What a program said, in one line and without its own name and usage hints.
std::string own_words(std::string_view stderr_text);

}  // namespace pyfw
