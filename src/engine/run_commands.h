// Runs a plan's commands one after the other, as the classic `--apply` does.

#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/kernel.h"
#include "plan/commands.h"

namespace pyfw {

// Called before each command with its number (from 1), how many there are, and the command.
using Announce = std::function<void(std::size_t, std::size_t, std::span<const std::string>)>;

// Stops at the first command that fails, and says which, what its program said, and what has been done.
// Every command leaves a state from which a new plan completes the work.
Result<void> run_commands(const std::vector<CommandGroup>& groups, Kernel& kernel, const Announce& announce);

}  // namespace pyfw
