#include "ask/dead_wishes.h"

#include <utility>

namespace pyfw {

Result<std::vector<DeadWish>> dead_wishes(const TracedHost& host, std::span<const Set> sets,
                                          const WishPlaces& places) {
  TRY(auto found, dead_rules(host, sets));
  std::vector<DeadWish> out;
  out.reserve(found.size());
  for (auto& dead : found) {
    auto wish = places.of(host, dead.rule);
    out.push_back({.dead = std::move(dead), .wish = std::move(wish)});
  }
  return out;
}

}  // namespace pyfw
