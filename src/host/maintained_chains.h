// Which user chains are programs' own, by the names that they give them (maintainer_rows.h).
//
//   for (const auto& [table, chain, row] : maintained_chains(rules)) … row->program    // "fail2ban"

#pragma once

#include <string_view>
#include <vector>

#include "host/maintainer_rows.h"
#include "nf/ruleset.h"

namespace pyfw {

struct MaintainedChain {
  std::string_view table;
  std::string_view chain;
  const MaintainerRow* row = nullptr;
};

// In the order of the rules, which must outlive them.
std::vector<MaintainedChain> maintained_chains(const Ruleset& rules);

// Who makes that chain for the owner's rules, as Docker does DOCKER-USER; or null.
const MaintainerRow* maker_of_shared_chain(std::string_view chain);

// Of these patterns that by which something is called so; or empty.
std::string_view pattern_for(const NamePatterns& patterns, std::string_view name);

}  // namespace pyfw
