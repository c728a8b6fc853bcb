// What iptables-save shows of rules whose bytes are known, asked for in a network namespace of our own.
// Beside others who write without a pause iptables-save is overtaken again and again; there nobody else
// writes.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "kernel/scratch.h"
#include "nf/rule.h"
#include "nft/nft_image.h"
#include "nft/nft_rules.h"
#include "plan/commit.h"

namespace pyfw {

class RuleTexts {
 public:
  // In the order of the rules. None where this way does not tell: one of them holds on to something of its
  // own namespace (portable_rule.h).
  Result<std::optional<std::vector<Rule>>> ask(const TableId& table, std::span<const NftRuleBytes> rules);

 private:
  Result<void> open();

  std::optional<Scratch> scratch_{};
  std::optional<NftRules> nft_{};
};

}  // namespace pyfw
