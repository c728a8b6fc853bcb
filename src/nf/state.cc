#include "nf/state.h"

#include <algorithm>

namespace pyfw {

const Chain* find_chain(const State& state, const ChainId& id) {
  return find_chain(ruleset_of(state, id.family), id.table, id.chain);
}

Chain* find_chain(State& state, const ChainId& id) {
  auto& tables = ruleset_of(state, id.family).tables;
  auto table = std::ranges::find(tables, id.table, &Table::name);
  if (table == tables.end()) return nullptr;
  auto chain = std::ranges::find(table->chains, id.chain, &Chain::name);
  return chain == table->chains.end() ? nullptr : &*chain;
}

std::map<ChainId, const Chain*> chains_of(const State& state) {
  std::map<ChainId, const Chain*> chains;
  for (auto family : kFamilies)
    for (const auto& table : ruleset_of(state, family).tables)
      for (const auto& chain : table.chains)
        chains.emplace(ChainId{.family = family, .table = table.name, .chain = chain.name}, &chain);
  return chains;
}

}  // namespace pyfw
