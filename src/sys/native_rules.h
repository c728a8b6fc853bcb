// Rules that nft itself has written into the tables of iptables.

#pragma once

#include "base/error.h"
#include "net/ip.h"

namespace pyfw {

// iptables-save says of some such rules that it can't show them, and shows others wrongly: `tcp dport { 80,
// 443 } accept` as `-p tcp -j ACCEPT`. Those are known by their sets, which iptables' own rules never have
// (its sets are ipset's). Fails with the name of the table; asks only where iptables is the one on nftables.
Result<void> refuse_native_rules(Family family);

}  // namespace pyfw
