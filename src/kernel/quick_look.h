// A look at tables beside others who write without a pause: the kernel tells which rules stand where in a
// fraction of the time that iptables-save takes, and the rules' texts are known from an earlier look.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "engine/kernel.h"
#include "kernel/known_bytes.h"
#include "kernel/known_rules.h"
#include "kernel/netns.h"
#include "kernel/rule_texts.h"
#include "nft/nft_rules.h"

namespace pyfw {

class QuickLook {
 public:
  explicit QuickLook(const Netns& netns, const KnownBytes& bytes) : netns_(netns), known_bytes_(bytes) {}

  // Puts the tables into `state`. False where some rule was never seen before, and has to be learned.
  Result<bool> take(std::span<const TableId> tables, State& state, NftRules& nft);
  Result<void> learn(std::span<const TableId> tables, NftRules& nft);
  // What was taken last was the truth at that generation.
  void holds_at(std::optional<std::uint32_t> generation) { at_ = generation; }

  // Of a table that was taken at that generation; else null, or none.
  [[nodiscard]] const TableOfHandles* table_at(const TableId& table, std::uint32_t generation) const;
  [[nodiscard]] std::optional<std::string> counters_at(const TableId& table, std::uint32_t generation) const;

 private:
  // False where the rules are too many, or can't be told in that way (rule_texts.h).
  Result<bool> learn_by_bytes(const TableId& id, NftRules& nft);

  const Netns& netns_;
  const KnownBytes& known_bytes_;
  KnownRules known_rules_{};
  RuleTexts rule_texts_{};
  std::map<TableId, TableOfHandles> tables_{};
  std::optional<std::uint32_t> at_{};
};

}  // namespace pyfw
