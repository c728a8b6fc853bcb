// Who has made the chains that stand in a ruleset, by the names that programs are known to give them.
//
//   owners_of(rules)                        // {"Docker", "ufw"}

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/state_document.h"

namespace pyfw {

std::vector<std::string> owners_of(const BackendRules& rules);
std::vector<std::string> owners_of(const Ruleset& rules);

// Of both backends, that on which pyfw works first.
std::vector<const Ruleset*> rulesets_of(const HostState& host, Family family);

// Whether a rule of that chain leads to one whose name begins so.
bool leads_to(const Ruleset& rules, std::string_view table, std::string_view chain, std::string_view to);

}  // namespace pyfw
