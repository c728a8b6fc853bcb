// Random hosts, and expectations about everyone, near to what a random host's rules and packets are about.

#pragma once

#include <vector>

#include "differential/scenario.h"
#include "situations.h"

namespace pyfw::proofs {

// Some of its rules: what is to be told of few of them hangs on less that can't be told.
differential::Scenario random_host(differential::Dice& dice, const std::vector<Backend>& backends);

// Some ends, and of each pair of them all outcomes. Their standing is not known.
std::vector<Claim> random_claims(differential::Dice& dice, const differential::Scenario& scenario);

}  // namespace pyfw::proofs
