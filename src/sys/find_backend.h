// Looks at which backend of iptables the rules of this network namespace are on. Looking creates no table.

#pragma once

#include <optional>

#include "engine/backends.h"

namespace pyfw {

// `asked` is what the owner said, if anything.
Result<BackendChoice> find_backend(std::optional<Backend> asked);

// What the backend that is not this one holds, if that is of consequence.
Result<std::optional<BackendRules>> rules_of_other_backend(Backend backend);

}  // namespace pyfw
