// What the prover says of one packet alone.

#pragma once

#include <set>
#include <span>
#include <string>

#include "prove/random_host_for_tests.h"

namespace pyfw {

// "works", "depends"; or why it gave up.
std::set<std::string> said_alone(const TracedHost& host, std::span<const Set> sets, const Arrival& arrival);

}  // namespace pyfw
