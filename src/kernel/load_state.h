// Rules and sets, as they are, into a network namespace that has none.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "nf/backend.h"
#include "nf/state.h"
#include "sys/process.h"

namespace pyfw {

using RunProgramWithInput =
    std::function<Result<Outcome>(const std::vector<std::string>& argv, std::string_view)>;

// A rule that the kernel refuses is the error's place, in write_iptables_save() of its family.
Result<void> load_state(const State& state, Backend backend, const RunProgramWithInput& run);

}  // namespace pyfw
