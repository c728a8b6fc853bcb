// Findings of lint for people: each with its place, and a total.

#pragma once

#include <span>
#include <string>

#include "advise/advice.h"

namespace pyfw {

std::string lint_text(std::span<const Advice> advices, bool colour);

}  // namespace pyfw
