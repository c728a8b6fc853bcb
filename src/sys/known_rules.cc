#include "sys/known_rules.h"

#include <algorithm>

namespace pyfw {

void KnownRules::learn(const TableId& id, const Table& shown, const TableOfHandles& before,
                       const TableOfHandles& after) {
  if (before.handle != after.handle) return;
  auto& known = tables_[id];
  if (known.table != before.handle) known = {.table = before.handle};
  for (const auto& chain : before.chains) {
    if (std::ranges::find(after.chains, chain) == after.chains.end()) continue;
    const auto* found = find_chain(&shown, chain.name);
    if (found == nullptr || found->rules.size() != chain.rules.size()) continue;
    for (std::size_t i = 0; i < chain.rules.size(); ++i)
      known.rules.insert_or_assign(chain.rules[i], found->rules[i]);
  }
}

std::optional<Table> KnownRules::table_of(const TableId& id, const TableOfHandles& table) const {
  auto known = tables_.find(id);
  bool is_same = known != tables_.end() && known->second.table == table.handle;
  Table out{.name = id.table};
  for (const auto& chain : table.chains) {
    out.chains.push_back(Chain{.name = chain.name, .policy = chain.policy});
    for (auto handle : chain.rules) {
      if (!is_same) return std::nullopt;
      auto rule = known->second.rules.find(handle);
      if (rule == known->second.rules.end()) return std::nullopt;
      out.chains.back().rules.push_back(rule->second);
    }
  }
  return out;
}

}  // namespace pyfw
