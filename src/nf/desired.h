// The desired state: the live one with the wishes fulfilled, and which of its rules are foreign, thus
// must neither be moved nor removed on the way there.

#pragma once

#include <compare>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "nf/state.h"

namespace pyfw {

struct ChainId {
  Family family = Family::kIpv4;
  std::string table;
  std::string chain;

  auto operator<=>(const ChainId&) const = default;
};

struct Desired {
  State state;
  // For each chain that has wishes: one flag a rule of the desired chain. Foreign rules stand in both
  // states in the same order, and no rule that pyfw may touch has the text of a foreign one.
  std::map<ChainId, std::vector<bool>> foreign;
  // What shall go as a whole; `state` has none of it. Whatever else only the live state has stays.
  std::set<ChainId> removed_chains{};
  std::set<std::string> removed_sets{};
  // Sets of which every member is pyfw's to decide.
  std::set<std::string> exact_sets{};
};

}  // namespace pyfw
