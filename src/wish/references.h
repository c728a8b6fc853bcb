// Whether the chains, targets and sets that wished rules name are there, on the host or in the wishes.

#pragma once

#include "base/error.h"
#include "nf/state.h"
#include "wish/wishes.h"
#include "wish/written.h"

namespace pyfw {

// Fails with the place of the name: a target, chain or set that is nowhere, a set of the other family.
Result<void> check_references(const Wishes& wishes, const WrittenRules& written, const State& live);

}  // namespace pyfw
