// The two ways in which Linux keeps the rules of iptables. Both see every packet.

#pragma once

#include <cstdint>
#include <string_view>

namespace pyfw {

enum class Backend : std::uint8_t { kNft, kLegacy };

inline std::string_view name_of(Backend backend) { return backend == Backend::kNft ? "nft" : "legacy"; }

}  // namespace pyfw
