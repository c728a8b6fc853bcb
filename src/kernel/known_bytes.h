// The bytes of rules by their texts, as the kernel has shown them where they stood; and the other way round.

#pragma once

#include <tsl/robin_map.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nf/state.h"
#include "nft/nft_image.h"

namespace pyfw {

class KnownBytes {
 public:
  // From whose network namespace the rules were read.
  enum class Origin {
    kOwn,
    kOther,  // only portable ones are taken (portable_rule.h)
  };

  // The image of the kernel that has these rules; what of them it does not show is left out.
  void learn(Family family, const Ruleset& rules, std::shared_ptr<const NftImage> image, Origin origin);
  [[nodiscard]] std::optional<NftRuleBytes> find(Family family, const std::string& text) const;
  // What iptables-save shows of those bytes; null where nobody knows.
  [[nodiscard]] const std::string* text_of(Family family, const NftRuleBytes& rule) const;

 private:
  using ByText = tsl::robin_map<std::string, NftRuleBytes>;
  using ByBytes = tsl::robin_map<std::string, std::string>;
  std::array<ByText, kFamilies.size()> rules_;
  std::array<ByBytes, kFamilies.size()> texts_;          // of portable ones
  std::vector<std::shared_ptr<const NftImage>> images_;  // that hold the bytes
};

}  // namespace pyfw
