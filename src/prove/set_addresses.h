// The addresses in sets, worked out once for each, also where two states of a host have the same one.
//
//   SetAddresses addresses;
//   addresses.of(set)          // as addresses_in() has them

#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "nf/set.h"
#include "prove/classes.h"

namespace pyfw {

class SetAddresses {
 public:
  // The set must outlive it.
  const std::optional<std::vector<PointSpan>>& of(const Set& set, bool return_nomatch = false);

 private:
  struct Known {
    const Set* set;
    bool return_nomatch;
    std::optional<std::vector<PointSpan>> addresses;
  };
  std::deque<Known> known_;  // those that were handed out stay where they are
};

}  // namespace pyfw
