// The wishes that were applied last, as the record has them: what is enforced when nobody asks, at boot and
// by the daemon. What stands in the files by now is another matter.

#pragma once

#include "base/error.h"
#include "host/facts.h"
#include "keep/record.h"
#include "wish/wishes.h"

namespace pyfw {

// With the places that they had in their files. Fails only where another version of pyfw took what this one
// does not.
Result<Wishes> recorded_wishes(const Record& record);

// Before the network is up no default route tells what ${external_interface} is: then there is one by the
// interface that it was when they were applied.
void add_recorded_routes(const Record& record, Facts& facts);

}  // namespace pyfw
