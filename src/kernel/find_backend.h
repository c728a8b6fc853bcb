// Looks at which backend of iptables the rules of this network namespace are on. Looking creates no table.

#pragma once

#include <optional>

#include "engine/backends.h"

namespace pyfw {

// `asked` is what the owner said, if anything.
Result<BackendChoice> find_backend(std::optional<Backend> asked);
// For one who looks at both; so none has to be told from the other.
Result<BackendChoice> find_main_backend(std::optional<Backend> asked);

// What the backend that is not this one holds, if that is of consequence. Fails where iptables-save does not
// show all that is there.
Result<std::optional<BackendRules>> rules_of_other_backend(Backend backend);

}  // namespace pyfw
