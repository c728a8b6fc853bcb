// The wished rules of a host, as text that could stand in its chains: variables put in, words checked, the
// name added as comment. What the kernel makes of that text is learnt later (`spelled`).

#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "nf/rule.h"
#include "wish/host_values.h"
#include "wish/wishes.h"
#include "wish/words.h"

namespace pyfw {

struct WrittenRule {
  Rule rule{};                  // as the owner wrote it, in iptables-save's quotes
  Place place{};                // of its text in the wishes file
  Word target{};                // behind -j or -g
  std::vector<Word> sets{};     // that it names
  bool is_spelled = false;      // surely as the kernel shows it
  std::vector<Rule> spelled{};  // as the kernel shows it; `-s A,B` is two rules. First just {rule}
  // Why it does not stand in its chain for now (away.h), or empty. Then there is no text, but its name still
  // claims the live rule that bears it.
  std::string left_out{};
  std::vector<Error> warnings{};  // of variables that are not live
};

// For each chain one entry a RuleWish, in their order; those of directives are empty.
using WrittenRules = std::map<ChainId, std::vector<WrittenRule>>;

// Fails with the place: an unknown variable, a word that no rule may carry (words.h), a rule without
// target. Needs no live state, so that it can be done while that is read.
Result<WrittenRules> write_rules(const Wishes& wishes, const HostKnowledge& known);

// Those of all rules, each once.
std::vector<Error> warnings_of(const WrittenRules& written);

}  // namespace pyfw
