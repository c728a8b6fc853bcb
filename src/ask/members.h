// The addresses in a set, where it holds single ones.

#pragma once

#include <vector>

#include "base/error.h"
#include "net/ip.h"
#include "nf/set.h"

namespace pyfw {

// In the order of the set. Fails where a member is a network, a pair, or no address at all.
Result<std::vector<Ip>> single_addresses(const Set& set);

}  // namespace pyfw
