// The edits that turn the rules of one chain into the desired ones, in an order in which each packet
// always meets either its old verdict or its new one:
//
//   1. `early`: new rules, and rules that move up, from the top down. Once a rule is in, all that shall
//      stand above it is in; what it replaces still stands below.
//   2. the chain's policy (the caller's affair)
//   3. `late`: old rules, and rules that move down, from the bottom up. While an old rule stands, all
//      that stood above it still does.
//
// Foreign rules are never touched, and among the rest the fewest possible.

#pragma once

#include <cstddef>
#include <span>
#include <variant>
#include <vector>

#include "nf/rule.h"

namespace pyfw {

// Indexes count from 1, as in `-I CHAIN n`, and hold at the moment of the edit.
struct Insert {
  std::size_t at = 1;
  Rule rule;
};
struct Delete {
  std::size_t at = 1;  // where it stands; deleting by specification takes the same rule or its equal
  Rule rule;
};
// A rule that stands in the wrong place: `copies` of it go, and it comes to stand at `to`. `place_at` is
// where a temporary rule goes in before the copies go, one each place.
struct Move {
  Rule rule;
  std::size_t copies = 1;
  std::vector<std::size_t> place_at;
  std::vector<std::size_t> to;
};

using Edit = std::variant<Insert, Delete, Move>;

// An edit, and the index (from 0) of the rule that it is about: in the desired chain for early edits, in
// the live chain for late ones.
struct PlacedEdit {
  Edit edit;
  std::size_t rule_index = 0;
};

struct ChainEdits {
  std::vector<PlacedEdit> early;
  std::vector<PlacedEdit> late;
};

// The same as one change of the whole chain: which live rules go, and which desired rules are put in.
struct ChainDelta {
  std::vector<std::size_t> gone;    // indexes from 0, ascending; of equal rules the topmost go
  std::vector<std::size_t> placed;  // likewise
};
ChainDelta delta_of_chain(std::span<const Rule> live, std::span<const Rule> desired,
                          const std::vector<bool>& foreign);

// `foreign` has a flag for each desired rule. Rules that are foreign must stand in `live` in the same
// order; where they don't, all rules are taken for pyfw's own. O(n log n).
ChainEdits edits_of_chain(std::span<const Rule> live, std::span<const Rule> desired,
                          const std::vector<bool>& foreign);

}  // namespace pyfw
