#include "prove/sides.h"

namespace pyfw {

Sides sides_of(Reach& reach, std::span<const Region> regions,
               const std::function<bool(const FlowVerdict&)>& is_so) {
  auto& space = reach.space();
  auto& bdd = space.bdd();
  auto may = Bdd::kNone;
  auto may_not = Bdd::kNone;
  for (const auto& region : regions) {
    bool can_be_told = region.verdict.outcome != FlowOutcome::kDepends;
    if (!can_be_told || is_so(region.verdict)) may = bdd.either(may, region.packets);
    if (!can_be_told || !is_so(region.verdict)) may_not = bdd.either(may_not, region.packets);
  }
  may = space.whatever_is_free(may);
  may_not = space.whatever_is_free(may_not);
  return {.always = bdd.without(may, may_not),
          .never = bdd.without(may_not, may),
          .sometimes = bdd.both(may, may_not)};
}

}  // namespace pyfw
