// What of netfilter can't be had on this host, though pyfw or Docker need it: each is tried in a network
// namespace that nobody else sees.

#pragma once

#include <vector>

#include "doctor/examined.h"
#include "nf/backend.h"

namespace pyfw {

// Fails where there can be no such namespace, or the programs are missing.
Result<std::vector<MissingFeature>> try_features(Backend backend);

}  // namespace pyfw
