// Rulesets and sets in the words of iptables-save and ipset save.

#pragma once

#include <string>
#include <vector>

#include "tests/z3/ruleset.h"

namespace z3check {

std::string text_of(const Ruleset& rules);
std::string text_of(const std::vector<Set>& sets);

}  // namespace z3check
