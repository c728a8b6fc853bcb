#include "keep/names.h"

namespace pyfw {

std::set<std::string, std::less<>> sets_named_in(const State& state) {
  std::set<std::string, std::less<>> names;
  for (const auto& [id, chain] : chains_of(state))
    for (const auto& rule : chain->rules)
      for (auto& name : sets_named_by(rule)) names.insert(std::move(name));
  for (const auto& set : state.sets)
    for (auto name : sets_held_by(set)) names.emplace(name);
  return names;
}

std::set<std::string, std::less<>> targets_in(const Table& table) {
  std::set<std::string, std::less<>> targets;
  for (const auto& chain : table.chains)
    for (const auto& rule : chain.rules) targets.insert(target_of(rule));
  return targets;
}

}  // namespace pyfw
