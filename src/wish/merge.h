// Several wishes files, or several places of one, as one: rules of a chain follow each other, and what
// contradicts is an error that names both places.

#pragma once

#include "base/error.h"
#include "wish/wishes.h"

namespace pyfw {

Result<void> merge_wishes(Wishes& all, Wishes more);
Result<void> merge_chain(Wishes& all, ChainWish more);

}  // namespace pyfw
