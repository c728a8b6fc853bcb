// Which interfaces the rules of a host speak of.

#pragma once

#include "host/facts.h"
#include "nf/ruleset.h"

namespace pyfw {

// Whether a rule of the filter table accepts or sends on what passes that interface: by its name, by a
// pattern that is not for all (`virbr+`), or by addresses of the network behind it.
bool is_named_in_filter(const Ruleset& rules, const Interface& interface);
// A rule of filter that tells frames which only pass through a bridge.
bool knows_bridged_frames(const Ruleset& rules);

}  // namespace pyfw
