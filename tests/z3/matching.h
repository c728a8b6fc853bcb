// For which packets a rule matches.

#pragma once

#include "tests/z3/packet.h"
#include "tests/z3/ruleset.h"

namespace z3check {

z3::expr does_match(const Numbers& numbers, const std::vector<Set>& sets, const Rule& rule,
                    const Packet& packet);

}  // namespace z3check
