// The texts of rules by their handles. Beside others who write without a pause, iptables-save is overtaken
// again and again; but what it has shown once of a rule need not be asked for again as long as the rule looks
// the same, and the kernel tells which rules stand where in a fraction of the time.

#pragma once

#include <map>
#include <optional>

#include "nf/ruleset.h"
#include "nft/nft_rules.h"
#include "plan/commit.h"

namespace pyfw {

class KnownRules {
 public:
  // What was shown of a table, and where its rules stood before and after that: says something of the chains
  // that nobody changed meanwhile.
  void learn(const TableId& id, const Table& shown, const TableOfHandles& before,
             const TableOfHandles& after);
  struct Seen {
    std::uint64_t handle = 0;
    std::uint64_t print = 0;  // as in ChainOfHandles
  };
  void learn(const TableId& id, std::uint64_t table, const Seen& seen, Rule rule);
  // Those that are not known yet.
  [[nodiscard]] std::vector<RuleHandle> unknown_of(const TableId& id, const TableOfHandles& table) const;
  // The table, if all of its rules are known.
  [[nodiscard]] std::optional<Table> table_of(const TableId& id, const TableOfHandles& table) const;
  // What the rules that are known have counted, as `iptables-save -c` prints it: "[70:700] -A INPUT -j LOG".
  [[nodiscard]] std::string counters_of(const TableId& id, const TableOfHandles& table) const;

 private:
  struct Known {
    std::uint64_t table = 0;  // its handle
    struct Shown {
      std::uint64_t print = 0;
      Rule rule;
    };
    std::map<std::uint64_t, Shown> rules{};  // of which no two have one handle at a time

    [[nodiscard]] const Rule* find(const Seen& seen) const;
  };
  Known& known_of(const TableId& id, std::uint64_t table);

  std::map<TableId, Known> tables_;
};

}  // namespace pyfw
