// Interfaces, addresses and routes of the network namespace that we are in, by rtnetlink(7).

#pragma once

#include "base/error.h"
#include "host/facts.h"

namespace pyfw {

// What each run needs: names, bridges and addresses of the interfaces, the unicast routes of the main table.
Result<Facts> read_facts();
// All of the interfaces, the routes of all tables, and the rules that lead to them.
Result<Facts> read_routing_facts();

}  // namespace pyfw
