// Hash tables whose keys are texts that live elsewhere. A chain may have ten thousand rules and a set a
// hundred thousand members, and each node of the standard ones is an allocation.

#pragma once

#include <tsl/robin_map.h>
#include <tsl/robin_set.h>

#include <string_view>

namespace pyfw {

using Texts = tsl::robin_set<std::string_view>;
template <typename Value>
using ByText = tsl::robin_map<std::string_view, Value>;

}  // namespace pyfw
