// The connection that this command comes over, as the firewall sees it.

#pragma once

#include <optional>

#include "ext/encounter.h"

namespace pyfw {

// None on a console, and where it ends in another network namespace than the one that we work in. Says on
// standard error where it can't be told.
std::optional<CtTuple> own_connection();

}  // namespace pyfw
