// Makes the connections of a check for real.

#pragma once

#include <vector>

#include "ask/check.h"
#include "host/facts.h"

namespace pyfw {

// Those that start on this host or in a container of it, each flow once; notes in each answer what came of
// it.
void probe(std::vector<Finding>& findings, const Facts& facts);

}  // namespace pyfw
