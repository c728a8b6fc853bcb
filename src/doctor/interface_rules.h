// Which interfaces the rules of a host speak of.

#pragma once

#include <string_view>

#include "nf/ruleset.h"

namespace pyfw {

// Whether a rule of the filter table accepts or sends on what passes that interface, by name or by a pattern
// that is not for all (`virbr+`).
bool is_named_in_filter(const Ruleset& rules, std::string_view interface);
// A rule of filter that tells frames which only pass through a bridge.
bool knows_bridged_frames(const Ruleset& rules);

}  // namespace pyfw
