#include "wish/loops.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pyfw {
namespace {

using Jumps = std::map<std::string_view, std::set<std::string>>;

Jumps jumps_in(const Table& table) {
  Jumps jumps;
  for (const auto& chain : table.chains) jumps[chain.name];
  for (const auto& chain : table.chains)
    for (const auto& rule : chain.rules)
      if (auto target = target_of(rule); jumps.contains(target)) jumps[chain.name].insert(std::move(target));
  return jumps;
}

bool leads_to(const Jumps& jumps, std::string_view from, std::string_view to) {
  std::set<std::string_view> seen;
  std::vector<std::string_view> waiting = {from};
  while (!waiting.empty()) {
    auto chain = waiting.back();
    waiting.pop_back();
    if (chain == to) return true;
    auto found = jumps.find(chain);
    if (found == jumps.end() || !seen.insert(chain).second) continue;
    waiting.insert(waiting.end(), found->second.begin(), found->second.end());
  }
  return false;
}

}  // namespace

Result<void> refuse_loops(const WrittenRules& written, const State& desired) {
  const Table* walked = nullptr;
  Jumps jumps;
  for (const auto& [id, rules] : written) {
    const auto* table = find_table(ruleset_of(desired, id.family), id.table);
    // Only a user chain can be part of a loop.
    if (table == nullptr || is_builtin(id.table, id.chain)) continue;
    if (walked != table) jumps = jumps_in(*table);
    walked = table;
    for (const auto& rule : rules) {
      if (!jumps.contains(rule.target.text) || !leads_to(jumps, rule.target.text, id.chain)) continue;
      return bad_input(
          rule.target.place,
          fmt::format("chain '{}' jumps to '{}', which leads back to it", id.chain, rule.target.text),
          "the kernel takes no loops");
    }
  }
  return {};
}

}  // namespace pyfw
