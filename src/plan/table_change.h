// The change of one table, as lines that the kernel takes all at once.

#pragma once

#include <vector>

#include "nf/backend.h"
#include "nf/desired.h"
#include "plan/commit.h"

namespace pyfw {

// From `live` (null: nobody touched the table yet) to `desired`, foreign rules untouched. Empty where nothing
// differs. Chains that only `live` has stay unless they are in `removed`.
struct TableChange {
  Family family;
  const Table* live;
  const Table& desired;
  const ForeignFlags& foreign;
  const MatchedTexts& matched;
  const std::set<ChainId>& removed;
};

// One commit; on nft, where hundreds of rules go from a chain of thousands, two: new rules go in above what
// they replace, then the old ones go by handle, since each look-up by specification costs as much as the
// chain is long. What a ~match moves is another's and moves in the first, as nobody would know later which of
// two is one too many.
std::vector<Commit> commits_of_table(const TableChange& change, Backend backend);

}  // namespace pyfw
