// The texts of rules by their handles. Beside others who write without a pause, iptables-save is overtaken
// again and again; but a rule never changes, so what it has shown once need not be asked for again, and the
// kernel tells which rules stand where in a fraction of the time.

#pragma once

#include <map>
#include <optional>

#include "nf/ruleset.h"
#include "plan/commit.h"
#include "sys/nft_rules.h"

namespace pyfw {

class KnownRules {
 public:
  // What was shown of a table, and where its rules stood before and after that: says something of the chains
  // that nobody changed meanwhile.
  void learn(const TableId& id, const Table& shown, const TableOfHandles& before,
             const TableOfHandles& after);
  // The table, if all of its rules are known.
  [[nodiscard]] std::optional<Table> table_of(const TableId& id, const TableOfHandles& table) const;

 private:
  struct Known {
    std::uint64_t table = 0;                // its handle
    std::map<std::uint64_t, Rule> rules{};  // of which no two have one handle
  };
  std::map<TableId, Known> tables_;
};

}  // namespace pyfw
