// Wishes by tables, for when they can't be enforced as a whole: what the kernel refuses in one table need not
// keep the others open.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keep/record.h"
#include "plan/commit.h"
#include "wish/wishes.h"

namespace pyfw {

struct WishPart {
  std::optional<TableId> table;  // none: sets that no rule of the wishes names
  Wishes wishes;
  Record record;  // what of it is pyfw's: nothing else may be taken away
};

// "iptables filter", "sets".
std::string name_of(const WishPart& part);

// In the order in which they may come: of each family those that can only close first, nat last. A set comes
// with each table that may name it.
std::vector<WishPart> parts_of(const Wishes& wishes, const Record& record);

}  // namespace pyfw
