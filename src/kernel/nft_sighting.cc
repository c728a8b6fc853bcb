#include "kernel/nft_sighting.h"

namespace pyfw {

std::shared_ptr<const NftSighting> see(const Netns& netns) {
  if (netns.backend() == Backend::kLegacy) return nullptr;
  auto sighting = std::make_shared<NftSighting>();
  bool is_whole = true;
  netns.call([&] {
    for (auto family : kFamilies) {
      auto image = read_nft_image(family);
      is_whole = is_whole && image;
      if (image) sighting->images.push_back(std::move(*image));
    }
  });
  return is_whole ? sighting : nullptr;
}

bool looks_like(const NftSighting& sighting, const Netns& netns) {
  bool is_same = netns.backend() == Backend::kNft;
  netns.call([&] {
    for (auto family : kFamilies) {
      auto same = looks_like(sighting.of(family), family);
      is_same = is_same && same && *same;
    }
  });
  return is_same;
}

std::shared_ptr<const NftImage> image_of(std::shared_ptr<const NftSighting> sighting, Family family) {
  const auto* image = &sighting->of(family);
  return {std::move(sighting), image};
}

}  // namespace pyfw
