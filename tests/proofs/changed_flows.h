// What a change of rules is said to change for everyone's packets, flow by flow, against what the kernel did
// before it and does afterwards.

#pragma once

#include "judge.h"

namespace pyfw::proofs {

struct JudgedChanges {
  std::size_t changes = 0;  // that are certain: of one outcome before and one afterwards
  std::vector<std::string> contradictions{};
};

// Their rules and sets differ, and nothing else does. `after` is the one that was built last.
Result<JudgedChanges> judge_changes(LiveHost& before, LiveHost& after);

}  // namespace pyfw::proofs
