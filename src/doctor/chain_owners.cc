#include "doctor/chain_owners.h"

#include <algorithm>
#include <string_view>

#include "base/contains.h"
#include "host/maintained_chains.h"

namespace pyfw {
namespace {

void add_owners(const Ruleset& rules, std::vector<std::string>& owners) {
  auto add = [&](const MaintainerRow* row) {
    if (row != nullptr && !contains(owners, row->program)) owners.emplace_back(row->program);
  };
  for (const auto& chain : maintained_chains(rules)) add(chain.row);
  for (const auto& table : rules.tables)
    for (const auto& chain : table.chains) add(maker_of_shared_chain(chain.name));
}

}  // namespace

std::vector<std::string> owners_of(const Ruleset& rules) {
  std::vector<std::string> owners;
  add_owners(rules, owners);
  std::ranges::sort(owners);
  return owners;
}

std::vector<std::string> owners_of(const BackendRules& rules) {
  std::vector<std::string> owners;
  for (auto family : kFamilies) add_owners(ruleset_of(rules, family), owners);
  std::ranges::sort(owners);
  return owners;
}

std::vector<const Ruleset*> rulesets_of(const HostState& host, Family family) {
  std::vector<const Ruleset*> out = {&ruleset_of(host.state, family)};
  if (host.other) out.push_back(&ruleset_of(*host.other, family));
  return out;
}

bool leads_to(const Ruleset& rules, std::string_view table, std::string_view chain, std::string_view to) {
  const auto* found = find_chain(rules, table, chain);
  return found != nullptr &&
         std::ranges::any_of(found->rules, [&](const Rule& rule) { return target_of(rule).starts_with(to); });
}

}  // namespace pyfw
