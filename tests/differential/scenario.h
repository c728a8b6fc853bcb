// A host with its rules and sets, and the packets that shall come to it: all that is needed to see a
// difference again.

#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "nf/backend.h"
#include "nf/ruleset.h"
#include "nf/set.h"
#include "stage.h"
#include "topology.h"

namespace pyfw::differential {

using RulesetId = std::pair<Backend, Family>;

struct Scenario {
  Topology topology;
  std::map<RulesetId, Ruleset> rulesets{};
  Sets sets{};
};

Rules rules_of(const Scenario& scenario);

// As a shell script, with the packets in words.
std::string in_words(const Scenario& scenario);

// With rulesets of these backends, of both families.
Scenario random_scenario(Dice& dice, const std::vector<Backend>& backends);

}  // namespace pyfw::differential
