// What nftables holds in the tables of iptables, byte for byte as the kernel tells it, without the counters:
// two network namespaces in which it is the same have the same rules, and iptables-save shows the same of
// them. Where rules name sets, or their matches keep a state, it may differ though the rules are the same.

#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/error.h"
#include "net/ip.h"

namespace pyfw {

// By table and chain: the policy and all rules. Builtin chains that nobody has touched are left out.
using NftImage = std::map<std::pair<std::string, std::string>, std::string>;

// In the network namespace of the calling thread. Fails where the kernel does not answer, or others write
// faster than it can be read.
Result<NftImage> read_nft_image(Family family);

}  // namespace pyfw
