// What is known of rules of nft in the tables of iptables: as long as nobody writes, they need not be looked
// for again.

#pragma once

#include <cstdint>

namespace pyfw {

// Whether there were none when nftables was at that generation, in the network namespace of the calling
// thread and since the last boot. Kept under /run/pyfw; where it can't be kept, nothing is known.
bool has_no_native_rules_at(std::uint32_t generation);
void note_no_native_rules_at(std::uint32_t generation);

}  // namespace pyfw
