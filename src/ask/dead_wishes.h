// Rules of the desired state that never match, and the wishes that they come from.
//
//   TRY(auto dead, dead_wishes(host, desired.state.sets, places));
//   for (const DeadWish& one : dead)
//     if (one.wish) fmt::print("{}: {} never matches\n", where(one.wish->place), one.wish->name);

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ask/wish_places.h"
#include "shadow/dead_rules.h"

namespace pyfw {

struct DeadWish {
  DeadRule dead{};
  std::optional<WishedRule> wish{};  // none: the rule is somebody else's
};

// All that dead_rules() finds, in its order.
Result<std::vector<DeadWish>> dead_wishes(const TracedHost& host, std::span<const Set> sets,
                                          const WishPlaces& places);

}  // namespace pyfw
