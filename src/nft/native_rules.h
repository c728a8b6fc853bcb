// Rules that nft itself has written into the tables of iptables, and whatever else it put there.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "net/ip.h"

namespace pyfw {

// iptables-save says of some such rules that it can't show them, and shows others wrongly. Fails with the
// first one's table, chain and number; also where iptables-save does not show something else that matters to
// the table: nft's sets and maps, objects and flowtables, base chains that are not those of iptables, a
// dormant table. Asks only where iptables is the one on nftables, and makes no table.
//
// What it saw on the way: the handles of the rules, by table and chain, in their order.
using HandlesOfChains = std::map<std::pair<std::string, std::string>, std::vector<std::uint64_t>>;
Result<HandlesOfChains> refuse_native_rules(Family family);

}  // namespace pyfw
