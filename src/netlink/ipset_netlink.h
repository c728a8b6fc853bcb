// What ipset keeps to itself: `ipset save` and `ipset list` leave out the option forceadd. And what it tells
// quickly: whether the sets are what they were.

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/error.h"

namespace pyfw {

// The names of the sets that were created with forceadd, in the network namespace of the calling thread.
// Members are not read, so that the size of a set does not matter. Empty where the kernel has no ipset.
Result<std::set<std::string>> forceadd_sets();

// Another number when one of these sets came, went or has other members than before, whatever they count. Of
// a set of thousands only how many they are, and how much memory they take, is looked at.
Result<std::uint64_t> digest_of_sets(const std::set<std::string>& names);

// Another number when one of those sets of thousands has other members. None where there are none.
Result<std::optional<std::uint64_t>> digest_of_large_sets(const std::set<std::string>& names);

}  // namespace pyfw
