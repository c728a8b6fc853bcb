// The look for rules that nft itself has written, which takes longer than to read those of iptables, and is
// done beside that.

#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "kernel/netns.h"
#include "nft/native_rules.h"

namespace pyfw {

struct NativeLook {
  std::optional<std::uint32_t> at{};  // the generation; none where others wrote meanwhile, or nobody looked
  std::map<Family, HandlesOfChains> handles{};  // of the rules that it has seen on the way
};

// Fails as refuse_native_rules() does. Slows its thread down for good, since others need the processor more.
Result<NativeLook> look_for_native_rules(const Netns& netns);

}  // namespace pyfw
