// Whether what iptables-save or ipset save prints is what was wished, found out without building a state from
// it: where ten thousand rules are read back, they mostly are as they should be.

#pragma once

#include <string_view>

#include "nf/ruleset.h"
#include "nf/set.h"

namespace pyfw {

// True only if parsing the text would give these chains, policies and rules, and nothing else but empty
// builtin chains that accept. False also where that is not plain to see.
bool is_save_of(std::string_view save, const Ruleset& wanted);
// True only if it would give these sets with these headers and members, in any order.
bool is_save_of(std::string_view save, const Sets& wanted);

}  // namespace pyfw
