// A change under attack, at each of its steps: fails the running test where a promise of pyfw is broken.

#pragma once

#include "faults/ground.h"

namespace pyfw::faults {

struct Tally {
  int commits = 0;
  int runs = 0;
  int rounds = 0;
};

// First led to its end undisturbed. Then once more for each commit and each way to disturb it just before: it
// fails, pyfw is killed, a rival writes.
Tally attack(Ground& ground, const Case& wanted);

}  // namespace pyfw::faults
