// Random rulesets and sets, as the restore programs take them.

#pragma once

#include "near.h"
#include "nf/ruleset.h"
#include "nf/set.h"

namespace pyfw::differential {

// Of near's family, a set of each type at most.
Sets random_sets(const Near& near);

// One to five tables, each with user chains that are reached from one or more of its builtin ones.
Ruleset random_ruleset(const Near& near, const Sets& sets);

}  // namespace pyfw::differential
