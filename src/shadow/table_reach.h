// One table with all packets that there can be: which of them come to each of its rules. Nothing jumps from
// one table to another, so that each has a diagram of its own.
//
//   TableReach table(host.compiled(), state.sets, chains);
//   auto lan = table.looks().ask(Look::kSource, {…});      // what else will be asked of its packets
//   table.walk();
//   TRY_VOID(table.check());
//   if (table.reach().is_met({.chain = input, .rule = 3})) …

#pragma once

#include <span>
#include <vector>

#include "base/error.h"
#include "nf/set.h"
#include "shadow/chain_reach.h"

namespace pyfw {

class TableReach {
 public:
  // All chains of one table; host and sets must outlive it. Learns all rules.
  TableReach(const CompiledHost& host, std::span<const Set> sets, std::vector<ChainIndex> chains);
  TableReach(const TableReach&) = delete;
  TableReach& operator=(const TableReach&) = delete;

  // Once.
  void walk();
  // Fails where the rules tell apart more packets than can be held.
  [[nodiscard]] Result<void> check() { return looks_.bdd().check(); }

  [[nodiscard]] const CompiledHost& host() const { return host_; }
  [[nodiscard]] std::span<const ChainIndex> chains() const { return chains_; }
  Looks& looks() { return looks_; }
  ChainReach& reach() { return reach_; }

 private:
  const CompiledHost& host_;
  std::vector<ChainIndex> chains_;
  Looks looks_;
  Asks asks_;
  ChainReach reach_;
};

}  // namespace pyfw
