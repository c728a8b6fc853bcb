#include "host/sorted.h"

#include <algorithm>
#include <utility>

namespace pyfw {

std::vector<const Table*> sorted_tables(const Ruleset& ruleset) {
  std::vector<const Table*> tables;
  for (const auto& table : ruleset.tables) tables.push_back(&table);
  std::ranges::sort(tables, {}, &Table::name);
  return tables;
}

std::vector<const Chain*> sorted_chains(const Table& table) {
  std::vector<const Chain*> chains;
  for (const auto& chain : table.chains) chains.push_back(&chain);
  auto builtin = builtin_chains(table.name);
  std::ranges::sort(chains, {}, [&](const Chain* chain) {
    auto rank = std::ranges::find(builtin, chain->name) - builtin.begin();
    return std::pair(rank, std::string_view(chain->name));
  });
  return chains;
}

std::vector<const Set*> sorted_sets(const Sets& sets) {
  std::vector<const Set*> sorted;
  for (const auto& set : sets) sorted.push_back(&set);
  std::ranges::sort(sorted, {}, &Set::name);
  return sorted;
}

std::vector<std::string> sorted_members(const Set& set) {
  auto members = set.members;
  if (set.type != "list:set") std::ranges::sort(members);
  return members;
}

}  // namespace pyfw
