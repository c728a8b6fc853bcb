// What `-m addrtype` and `-m rpfilter` ask of the host's routes.

#pragma once

#include "ext/answer.h"
#include "ext/conditions.h"
#include "ext/encounter.h"
#include "ext/surroundings.h"

namespace pyfw {

Answer is_of_type(const AddressTypeIs& asked, const Encounter& encounter, const Surroundings& surroundings);
Answer passes_rpfilter(const PassesRpfilter& asked, const Encounter& encounter,
                       const Surroundings& surroundings);

}  // namespace pyfw
