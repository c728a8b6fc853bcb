// The words of a wished set member, looked at before ipset sees them.

#pragma once

#include "base/error.h"
#include "nf/set.h"
#include "wish/wishes.h"

namespace pyfw {

// Fails with the place: another number of parts than the set's type has, a host name (ipset would resolve
// it), an address of the other family, what hash:net refuses.
Result<void> check_member(const Located& member, const Set& set);

}  // namespace pyfw
