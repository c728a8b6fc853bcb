// A change of one table as nftables itself takes it: rules that the kernel has shown elsewhere, at places
// that are known by the handles of what stands there. All of it in one commit, which the kernel refuses if
// anyone has written since; so unlike a run of iptables-restore it can't land at a place that was another's
// meanwhile.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nft/nft_batch.h"
#include "nft/nft_image.h"
#include "nft/nft_rules.h"
#include "plan/commit.h"

namespace pyfw {

struct NftChange {
  struct NewRule {
    std::string chain;
    std::uint64_t before = 0;  // the handle of the rule above which it comes, 0: at the end
    NftRuleBytes rule;
    Counters counters{};
  };
  bool begins_empty = false;                  // the table goes before, and comes anew
  std::vector<std::string> builtin_chains{};  // that nobody has used yet, so that they are not there
  std::vector<std::string> new_chains{};
  std::vector<NewRule> new_rules{};  // in the order in which they go in
  std::vector<RuleHandle> gone_rules{};
  std::vector<TableLine> policies{};
  std::vector<std::string> gone_chains{};
};

// The bytes of a rule's text, where they are known.
using FindRuleBytes = std::function<std::optional<NftRuleBytes>(const std::string& text)>;

// None where something is not known: a rule's bytes, a user chain that should be there, or where a chain has
// another number of rules than the commit was made for.
std::optional<NftChange> nft_change_of(const TableCommit& commit, const TableOfHandles& there,
                                       const FindRuleBytes& find_rule);

NftBatch batch_of(const NftChange& change, const TableId& table, std::uint32_t generation);

}  // namespace pyfw
