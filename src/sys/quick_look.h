// Tables read in a fraction of the time of iptables-save, for beside others who write without a pause: which
// rules stand where is asked of the kernel, and their texts are known from before.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "nf/ruleset.h"
#include "plan/commit.h"
#include "sys/known_rules.h"
#include "sys/nft_rules.h"
#include "sys/rule_texts.h"

namespace pyfw {

class QuickLook {
 public:
  // By iptables-save.
  using ReadTable = std::function<Result<Ruleset>(Family, const std::string& table)>;

  // In the order of `tables`. None where some rule was never seen before: learn() then. Does not see to it
  // that nobody writes meanwhile.
  Result<std::optional<std::vector<Table>>> take(NftRules& nft, std::span<const TableId> tables);
  // Nobody wrote while that was taken, at that generation.
  void note_true_at(std::uint32_t generation) { true_at_ = generation; }
  Result<void> learn(NftRules& nft, std::span<const TableId> tables, const ReadTable& read);

  // Of the tables that were taken last, if that is the truth at that generation: null or none otherwise.
  [[nodiscard]] const TableOfHandles* handles_at(std::uint32_t generation, const TableId& id) const;
  // As `iptables-save -c` prints them: "[70:700] -A INPUT -j LOG".
  [[nodiscard]] std::optional<std::string> counters_at(std::uint32_t generation, const TableId& id) const;

 private:
  // False where the rules are too many, or can't be told in that way (rule_texts.h).
  Result<bool> learn_by_bytes(NftRules& nft, const TableId& id);

  KnownRules known_{};
  RuleTexts texts_{};
  std::map<TableId, TableOfHandles> seen_{};
  std::optional<std::uint32_t> true_at_{};
};

}  // namespace pyfw
