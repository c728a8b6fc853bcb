// How iptables makes its builtin chains in nftables (nft.c of iptables).

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pyfw {

// NF_INET_… of linux/netfilter.h; none for a name that is no builtin chain.
std::optional<std::uint32_t> hook_of(std::string_view chain);
std::int32_t priority_of(std::string_view table, std::string_view chain);
// "filter", "nat" or "route".
std::string_view type_of(std::string_view table, std::string_view chain);

}  // namespace pyfw
