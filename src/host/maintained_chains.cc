#include "host/maintained_chains.h"

#include <algorithm>
#include <set>

#include "nf/state.h"

namespace pyfw {
namespace {

bool is_sign_of(const MaintainerRow& row, std::string_view chain) {
  return !pattern_for(row.signs, chain).empty();
}

}  // namespace

std::vector<MaintainedChain> maintained_chains(const Ruleset& rules) {
  std::set<const MaintainerRow*> signs;
  for (const auto& table : rules.tables)
    for (const auto& chain : table.chains)
      for (const auto& row : maintainer_rows())
        if (is_sign_of(row, chain.name)) signs.insert(&row);
  std::vector<MaintainedChain> out;
  for (const auto& table : rules.tables)
    for (const auto& chain : table.chains) {
      if (is_builtin(table.name, chain.name) || maker_of_shared_chain(chain.name) != nullptr) continue;
      for (const auto& row : maintainer_rows()) {
        if (pattern_for(row.chains, chain.name).empty()) continue;
        if (!row.signs.front().empty() && !signs.contains(&row)) continue;
        out.push_back({.table = table.name, .chain = chain.name, .row = &row});
        break;
      }
    }
  return out;
}

const MaintainerRow* maker_of_shared_chain(std::string_view chain) {
  for (const auto& row : maintainer_rows())
    if (!pattern_for(row.shared, chain).empty()) return &row;
  return nullptr;
}

std::string_view pattern_for(const NamePatterns& patterns, std::string_view name) {
  auto found = std::ranges::find_if(patterns, [&](auto pattern) { return is_called(pattern, name); });
  return found == patterns.end() ? std::string_view() : *found;
}

}  // namespace pyfw
