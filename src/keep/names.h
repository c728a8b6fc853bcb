// What the rules and sets of a state refer to.

#pragma once

#include <set>
#include <string>

#include "nf/desired.h"

namespace pyfw {

// The sets that a state's rules and its list:sets name.
std::set<std::string, std::less<>> sets_named_in(const State& state);
// The chains and targets that the rules of a table jump to.
std::set<std::string, std::less<>> targets_in(const Table& table);

}  // namespace pyfw
