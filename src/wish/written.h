// The wished rules of a host, as text that could stand in its chains: variables put in, words checked, the
// name added as comment. What the kernel makes of that text is learnt later (`spelled`).

#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/facts.h"
#include "nf/rule.h"
#include "nf/state.h"
#include "wish/wishes.h"

namespace pyfw {

struct WrittenRule {
  Rule rule;                  // as the owner wrote it, in iptables-save's quotes
  Place place;                // of its text in the wishes file
  std::vector<Rule> spelled;  // as the kernel shows it; `-s A,B` is two rules. First just {rule}
};

// For each chain one entry a RuleWish, in their order; those of directives are empty.
using WrittenRules = std::map<ChainId, std::vector<WrittenRule>>;

// Fails with the place: an unknown variable, a word that no rule may carry (words.h), a rule without
// target, a target, chain or set that is nowhere, a set of the other family.
Result<WrittenRules> write_rules(const Wishes& wishes, const State& live, const Facts& facts);

}  // namespace pyfw
