// What a target has made unknown, as `-j HMARK` does with the mark.

#pragma once

#include "trace/journey.h"

namespace pyfw {

// Whether the condition asks for what that target has made unknown.
bool is_under(const Condition& condition, const Unpredictable& cloud);

// The target that keeps it from being told whether the rule matches; null where it does not matter, since the
// rule asks for nothing of that, or something else of it fails.
const Unpredictable* cloud_over(const Journey& journey, const CompiledRule& rule);

}  // namespace pyfw
