// How the rules of a namespace look to nftables: quicker to compare with than what iptables-save prints, and
// what rules can be taken from as they are.

#pragma once

#include <memory>
#include <vector>

#include "engine/kernel.h"
#include "kernel/netns.h"
#include "nft/nft_image.h"

namespace pyfw {

struct NftSighting : Sighting {
  std::vector<NftImage> images;  // IPv4, IPv6

  [[nodiscard]] const NftImage& of(Family family) const { return images[static_cast<std::size_t>(family)]; }
};

// Null where there is nothing to see.
std::shared_ptr<const NftSighting> see(const Netns& netns);
bool looks_like(const NftSighting& sighting, const Netns& netns);

// Lives as long as the sighting.
std::shared_ptr<const NftImage> image_of(std::shared_ptr<const NftSighting> sighting, Family family);

}  // namespace pyfw
