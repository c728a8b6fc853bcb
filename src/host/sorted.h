// A state in the order in which documents show it.

#pragma once

#include <string>
#include <vector>

#include "nf/state.h"

namespace pyfw {

std::vector<const Table*> sorted_tables(const Ruleset& ruleset);
// Builtin chains in the order in which packets meet them, then user chains by name.
std::vector<const Chain*> sorted_chains(const Table& table);
std::vector<const Set*> sorted_sets(const Sets& sets);
std::vector<std::string> sorted_members(const Set& set);

}  // namespace pyfw
