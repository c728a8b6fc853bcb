// Wishes and live state to the desired state: which live rules the wishes claim, where each rule shall
// stand, what the sets shall hold. How that is reached is the plan's affair.

#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "nf/desired.h"
#include "wish/wished_set.h"
#include "wish/wishes.h"
#include "wish/written.h"

namespace pyfw {

struct Resolved {
  Desired desired;
  std::vector<Error> warnings;
};

// Which live rules a named wish claims besides those that bear its name.
enum class Claims : std::uint8_t {
  kNames,             // none
  kNamesAndSameText,  // those of its very text that bear no name
};

// For each chain with wishes: a named wish claims every live rule that bears its name, a bare text every
// live rule of that text; then each `~match` claims, in order, what is left; all others are foreign and
// keep their order. Left-over temporary rules are not desired anywhere.
Resolved resolve(const Wishes& wishes, const WrittenRules& written, const std::vector<WishedSet>& sets,
                 const State& live, Claims claims = Claims::kNames);

}  // namespace pyfw
