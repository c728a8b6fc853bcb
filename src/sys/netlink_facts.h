// Interfaces, addresses and routes of the network namespace that we are in, by rtnetlink(7).

#pragma once

#include "base/error.h"
#include "host/facts.h"

namespace pyfw {

Result<Facts> read_facts();

}  // namespace pyfw
