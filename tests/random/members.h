// Random members of sets, and changes to them.

#pragma once

#include <string>

#include "prove/random_host_for_tests.h"

namespace pyfw {

// Those that random rules look at, and `nets2` and `hosts2`, which may take their places.
std::string random_sets(const World& world);

std::string with_member_added(const std::string& sets, const World& world);
std::string with_member_removed(const std::string& sets);
// As `ipset swap` does, of two sets of one type.
std::string with_sets_swapped(const std::string& sets);

}  // namespace pyfw
