#include "prove/set_addresses.h"

#include <algorithm>

#include "prove/asked_set.h"

namespace pyfw {

const std::optional<std::vector<PointSpan>>& SetAddresses::of(const Set& set, bool return_nomatch) {
  auto known = std::ranges::find_if(known_, [&](const Known& some) {
    return some.return_nomatch == return_nomatch && (some.set == &set || *some.set == set);
  });
  if (known != known_.end()) return known->addresses;
  return known_.emplace_back(&set, return_nomatch, addresses_in(set, return_nomatch)).addresses;
}

}  // namespace pyfw
