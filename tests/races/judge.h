// Whether everyone's rules are where they must be, while nobody writes.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "journal.h"
#include "nf/state.h"
#include "wish.h"

namespace pyfw::races {

struct Judgement {
  std::vector<std::string> lost;       // edits of the rival that were undone, and rules of it that moved
  std::vector<std::string> misplaced;  // of ours, what is not as it was wished
};

// What an apply fulfilled, and until when it has seen what others did.
struct Fulfilled {
  const Wish& wish;
  std::int64_t seen = 0;
};

// Rules that the rival put in after that may stand above ours and below; all others stood there, so that
// our places among them are right or wrong. Without `fulfilled` only the rival's rules are looked at.
Judgement judge(const State& state, const Standing& standing, const std::optional<Fulfilled>& fulfilled);

}  // namespace pyfw::races
