// Whether a rule of nftables is one that iptables-nft writes. iptables-nft-save shows no other rule as it is:
// it leaves out what it does not know, and of `tcp dport { 80, 443 } accept` remains `-p tcp -j ACCEPT`.

#pragma once

#include <libmnl/libmnl.h>

#include "net/ip.h"

namespace pyfw {

// `expressions` is a rule's NFTA_RULE_EXPRESSIONS. True where their sequence and their operands are such as
// iptables-nft makes (1.8.9, and what others did otherwise), so that what iptables-nft-save prints of them is
// the whole rule; nft itself writes some rules just so. Allocates nothing.
bool is_shaped_by_iptables(Family family, const nlattr& expressions);

}  // namespace pyfw
