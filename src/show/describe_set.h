// What changes in one set.

#pragma once

#include <optional>

#include "show/description.h"

namespace pyfw {

// Either may be null: a set that is new, or goes. None where nothing changes.
std::optional<SetDescription> describe_set(const Set* live, const Set* desired);

}  // namespace pyfw
