// Whether two sets can hold the same members: the same type and options.

#pragma once

#include "nf/set.h"

namespace pyfw {

// Both as `ipset save` writes them.
bool is_same_kind(const Set& a, const Set& b);
// `wanted` may have been written by hand, thus lack defaults.
bool is_of_kind(const Set& live, const Set& wanted);

}  // namespace pyfw
