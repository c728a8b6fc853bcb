// A host to lint wishes on where there is none: what they name is there, and Docker's chains are jumped to.
//
//   auto host = stand_in_host(wishes);
//   host = with_stand_in_facts(std::move(saved), wishes);      // rules from a save, without interfaces
//
// The external interface is eth0; containers and networks have addresses of 198.18.0.0/15 and 2001:db8::/32.

#pragma once

#include "host/state_document.h"
#include "wish/wishes.h"

namespace pyfw {

HostState stand_in_host(const Wishes& wishes);
// Where it has no interfaces.
HostState with_stand_in_facts(HostState host, const Wishes& wishes);

}  // namespace pyfw
