// What the kernel gives to a hook.
//
//   auto packets = packets_of_hook(chain, looks);       // INPUT: they have come in, and don't go out

#pragma once

#include "shadow/looks.h"
#include "trace/traced_host.h"

namespace pyfw {

// Of a builtin chain. POSTROUTING knows where a packet came in, of late.
Bdd::Node packets_of_hook(const TracedChain& chain, Looks& looks);

}  // namespace pyfw
