// Which backends of iptables hold tables. Neither question makes a table, as iptables-legacy does by looking
// at one.

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "net/ip.h"

namespace pyfw {

// Both in the network namespace of the calling thread, sorted by name.
std::vector<std::string> legacy_tables(Family family);
// All tables of the family on nftables, also those that are none of iptables.
Result<std::vector<std::string>> nft_tables(Family family);
// The tables of nftables that no iptables shows, with their families: "inet firewalld". Those of ARP are left
// out.
Result<std::vector<std::string>> tables_beside_iptables();

}  // namespace pyfw
