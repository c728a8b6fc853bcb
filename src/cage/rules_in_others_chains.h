// What a script wrote into a chain that a program owns, as `iptables -I DOCKER … -j DROP`: no wish says it,
// since it goes when the program writes its chain anew.
//
//   for (const std::string& rule : rules_in_others_chains(start, left)) …   // "iptables filter DOCKER: -s …
//   -j DROP"

#pragma once

#include <string>
#include <vector>

#include "nf/state.h"

namespace pyfw {

std::vector<std::string> rules_in_others_chains(const State& start, const State& left);

}  // namespace pyfw
