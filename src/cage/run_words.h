// What a person has to know of a caged run besides its rules: what the script said, what was not done, what
// could not be had, what it took away. In lines; nothing where there is nothing to say.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cage/caged_run.h"
#include "cage/lost_rules.h"

namespace pyfw {

// `name` is the script's.
std::string words_about(std::string_view name, const CagedRun& run, std::span<const LostRules> lost);

// Of these what may have cost rules, a line each, for the head of the wishes.
std::vector<std::string> failures_of(const CagedRun& run);

}  // namespace pyfw
