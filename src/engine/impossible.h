// Changes of sets that the kernel never makes, known before anything is tried.

#pragma once

#include "base/error.h"
#include "nf/desired.h"
#include "wish/wishes.h"

namespace pyfw {

// A set of another type or family is a new one, so whatever names the old one must let go of it: fails, at
// the place of the set's wish, where a rule that is not pyfw's or a list:set does.
Result<void> refuse_impossible_sets(const Wishes& wishes, const State& live, const Desired& desired);

}  // namespace pyfw
