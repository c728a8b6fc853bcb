// The desired state: the live one with the wishes fulfilled, and which of its rules are foreign, thus
// must neither be moved nor removed on the way there.

#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "nf/state.h"

namespace pyfw {

// For each chain that has wishes: one flag a rule of the desired chain.
using ForeignFlags = std::map<ChainId, std::vector<bool>>;
// Those of a chain, none where it has no wishes.
const std::vector<bool>& flags_of(const ForeignFlags& foreign, const ChainId& id);

// For each chain the texts of others' rules that a ~match moves. They have no foreign flag; but whatever
// happens on the way, each must stand in the chain as often as before.
using MatchedTexts = std::map<ChainId, std::set<std::string>>;
const std::set<std::string>& texts_of(const MatchedTexts& matched, const ChainId& id);

struct Desired {
  State state;
  // Foreign rules stand in both states in the same order, and no rule that pyfw may touch has the text of a
  // foreign one.
  ForeignFlags foreign;
  MatchedTexts matched{};
  // What shall go as a whole; `state` has none of it. Whatever else only the live state has stays.
  std::set<ChainId> removed_chains{};
  std::set<std::string> removed_sets{};
  // Sets of which every member is pyfw's to decide.
  std::set<std::string> exact_sets{};

  // The rule at that index of the desired chain. One without a flag is not pyfw's either.
  [[nodiscard]] bool is_foreign(const ChainId& id, std::size_t rule) const;
  [[nodiscard]] bool is_matched(const ChainId& id, const Rule& rule) const;
  // Foreign or matched: pyfw may not write it otherwise.
  [[nodiscard]] bool is_of_others(const ChainId& id, const Chain& chain, std::size_t rule) const;
};

}  // namespace pyfw
