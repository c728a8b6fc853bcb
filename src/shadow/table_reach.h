// One table with all packets that there can be: which of them come to each of its rules. Nothing jumps from
// one table to another, so that each has a diagram of its own.
//
//   TableReach table(host.compiled(), state.sets, chains);
//   auto lan = table.looks().ask(Look::kSource, {…});      // what else will be asked of its packets
//   table.walk();
//   TRY_VOID(table.check());
//   if (table.is_met({.chain = input, .rule = 3})) …
//
// Where rules change packets they are walked with all of them at once (chain_reach.h), else those that are
// asked for are followed (narrow_reach.h), which comes to the same.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "nf/set.h"
#include "shadow/chain_reach.h"
#include "shadow/narrow_reach.h"

namespace pyfw {

class TableReach {
  template <typename Ask>
  auto asked(const Ask& ask) {
    return is_narrow_ ? ask(narrow_) : ask(whole_);
  }

 public:
  // All chains of one table; host and sets must outlive it. Learns all rules.
  TableReach(const CompiledHost& host, std::span<const Set> sets, std::vector<ChainIndex> chains,
             std::size_t most_nodes = Bdd::kMostNodes);
  TableReach(const TableReach&) = delete;
  TableReach& operator=(const TableReach&) = delete;

  // Once.
  void walk();
  // The same table, walked, of which nobody has asked anything yet.
  [[nodiscard]] std::unique_ptr<TableReach> walked_anew() const;
  // Fails where the rules tell apart more packets than can be held.
  [[nodiscard]] Result<void> check() { return looks_.bdd().check(); }

  [[nodiscard]] const CompiledHost& host() const { return host_; }
  [[nodiscard]] std::span<const ChainIndex> chains() const { return chains_; }
  Looks& looks() { return looks_; }

  // As NarrowReach has them.
  MayMust match(const RuleRef& rule) {
    return asked([&](auto& reach) { return reach.match(rule); });
  }
  [[nodiscard]] const std::vector<RuleRef>& callers(ChainIndex chain) const { return rules_.callers(chain); }
  Bdd::Node sent_at_most(ChainIndex chain) {
    return asked([&](auto& reach) { return reach.sent_at_most(chain); });
  }
  Bdd::Node in_hooks(ChainIndex chain) {
    return asked([&](auto& reach) { return reach.in_hooks(chain); });
  }
  bool is_met(const RuleRef& rule) {
    return asked([&](auto& reach) { return reach.is_met(rule); });
  }
  bool any_come(const RuleRef& rule, Bdd::Node packets) {
    return asked([&](auto& reach) { return reach.any_come(rule, packets); });
  }
  bool any_are_sent(ChainIndex chain, Bdd::Node packets) {
    return asked([&](auto& reach) { return reach.any_are_sent(chain, packets); });
  }
  Bdd::Node sent(ChainIndex chain, Bdd::Node packets) {
    return asked([&](auto& reach) { return reach.sent(chain, packets); });
  }
  Bdd::Node left(const RuleRef& rule, Bdd::Node packets) {
    return asked([&](auto& reach) { return reach.left(rule, packets); });
  }
  bool any_stay(ChainIndex chain, Bdd::Node packets) {
    return asked([&](auto& reach) { return reach.any_stay(chain, packets); });
  }
  std::vector<Loss> losses(ChainIndex chain, std::size_t end, Bdd::Node packets) {
    return asked([&](auto& reach) { return reach.losses(chain, end, packets); });
  }
  std::vector<std::uint32_t> overlapping(ChainIndex chain, Bdd::Node packets) {
    return asked([&](auto& reach) { return reach.overlapping(chain, packets); });
  }
  // Of the packets that match a jump, those that come back.
  Bdd::Node through(ChainIndex chain, Bdd::Node packets);

 private:
  const CompiledHost& host_;
  std::span<const Set> sets_;
  std::vector<ChainIndex> chains_;
  std::size_t most_nodes_;
  Looks looks_;
  Asks asks_;
  TableRules rules_;
  bool is_narrow_;
  NarrowReach narrow_;
  ChainReach whole_;
};

}  // namespace pyfw
