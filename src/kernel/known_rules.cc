#include "kernel/known_rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace pyfw {

void KnownRules::learn(const TableId& id, const Table& shown, const TableOfHandles& before,
                       const TableOfHandles& after) {
  if (before.handle != after.handle) return;
  auto& known = known_of(id, before.handle);
  for (const auto& chain : before.chains) {
    if (std::ranges::find(after.chains, chain) == after.chains.end()) continue;
    const auto* found = find_chain(&shown, chain.name);
    if (found == nullptr || found->rules.size() != chain.rules.size()) continue;
    for (std::size_t i = 0; i < chain.rules.size(); ++i)
      known.rules.insert_or_assign(chain.rules[i],
                                   Known::Shown{.print = chain.print(i), .rule = found->rules[i]});
  }
}

KnownRules::Known& KnownRules::known_of(const TableId& id, std::uint64_t table) {
  auto& known = tables_[id];
  if (known.table != table) known = {.table = table};
  return known;
}

const Rule* KnownRules::Known::find(const Seen& seen) const {
  auto found = rules.find(seen.handle);
  return found != rules.end() && found->second.print == seen.print ? &found->second.rule : nullptr;
}

void KnownRules::learn(const TableId& id, std::uint64_t table, const Seen& seen, Rule rule) {
  known_of(id, table).rules.insert_or_assign(seen.handle,
                                             Known::Shown{.print = seen.print, .rule = std::move(rule)});
}

std::vector<RuleHandle> KnownRules::unknown_of(const TableId& id, const TableOfHandles& table) const {
  auto known = tables_.find(id);
  bool is_same = known != tables_.end() && known->second.table == table.handle;
  std::vector<RuleHandle> unknown;
  for (const auto& chain : table.chains)
    for (std::size_t i = 0; i < chain.rules.size(); ++i)
      if (!is_same || known->second.find({.handle = chain.rules[i], .print = chain.print(i)}) == nullptr)
        unknown.push_back({.chain = chain.name, .handle = chain.rules[i]});
  return unknown;
}

std::optional<Table> KnownRules::table_of(const TableId& id, const TableOfHandles& table) const {
  auto known = tables_.find(id);
  bool is_same = known != tables_.end() && known->second.table == table.handle;
  Table out{.name = id.table};
  for (const auto& chain : table.chains) {
    out.chains.push_back(Chain{.name = chain.name, .policy = chain.policy});
    for (std::size_t i = 0; i < chain.rules.size(); ++i) {
      const auto* rule =
          is_same ? known->second.find({.handle = chain.rules[i], .print = chain.print(i)}) : nullptr;
      if (rule == nullptr) return std::nullopt;
      out.chains.back().rules.push_back(*rule);
    }
  }
  return out;
}

std::string KnownRules::counters_of(const TableId& id, const TableOfHandles& table) const {
  auto known = tables_.find(id);
  if (known == tables_.end() || known->second.table != table.handle) return {};
  std::string lines;
  for (const auto& chain : table.chains)
    for (std::size_t i = 0; i < chain.counters.size(); ++i)
      if (const auto* rule = known->second.find({.handle = chain.rules[i], .print = chain.print(i)}))
        lines += fmt::format("[{}:{}] -A {} {}\n", chain.counters[i].packets, chain.counters[i].bytes,
                             chain.name, rule->text);
  return lines;
}

}  // namespace pyfw
