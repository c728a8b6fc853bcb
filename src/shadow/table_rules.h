// The rules of a table, each looked at when somebody asks: of ten thousand rules few may match a packet, and
// only of those it has to be known what they match exactly.
//
//   TableRules rules(looks, asks, host, chains);
//   rules.learn();
//   looks.settle();
//   rules.settle();
//   for (auto i : rules.before(input, end, packets))   // may match some of them
//     … rules.match({.chain = input, .rule = i}) …

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "shadow/asks.h"
#include "shadow/changes.h"
#include "shadow/overlaps.h"
#include "shadow/plain_packet.h"

namespace pyfw {

class TableRules {
 public:
  // All chains of one table. All must outlive it.
  TableRules(Looks& looks, Asks& asks, const CompiledHost& host, std::span<const ChainIndex> chains);

  // Whether packets stay what they are, whatever rule they meet, and no jumps go round in a circle.
  [[nodiscard]] bool change_nothing() const { return !has_changes_ && !has_circles_; }

  // Once before the looks are settled, and once after that.
  void learn();
  void settle();

  [[nodiscard]] std::size_t count(ChainIndex chain) const { return chains_[chain].ways.size(); }
  [[nodiscard]] Aftermath::Way way(const RuleRef& rule) const { return chains_[rule.chain].ways[rule.rule]; }
  [[nodiscard]] ChainIndex to(const RuleRef& rule) const { return host_.rules[rule.chain][rule.rule].to; }
  [[nodiscard]] bool is_goto(const RuleRef& rule) const;
  [[nodiscard]] const TracedChain& chain(ChainIndex chain) const { return host_.chains[chain]; }
  // Jumps to the chain, in the order in which packets meet them.
  [[nodiscard]] const std::vector<RuleRef>& callers(ChainIndex chain) const { return chains_[chain].callers; }
  // Those of its rules that may give a packet back to its caller: RETURN, and all gotos.
  [[nodiscard]] const std::vector<std::uint32_t>& returning(ChainIndex chain) const {
    return chains_[chain].returning;
  }
  const MayMust& match(const RuleRef& rule);

  // Those before the rule `end` that may match the packet, a value of all variables, or some of the packets;
  // without those that only let packets go on. Ascending.
  std::vector<std::uint32_t> before(ChainIndex chain, std::size_t end, const std::vector<bool>& packet);
  std::vector<std::uint32_t> before(ChainIndex chain, std::size_t end, Bdd::Node packets);
  // A packet that the rule matches, if it is plain enough for that to be seen without a diagram
  // (plain_packet.h). Whatever has to be asked of it besides is not so.
  [[nodiscard]] std::optional<std::vector<bool>> plain_packet(const RuleRef& rule) const;
  // What the kernel gives to a builtin chain.
  Bdd::Node begin(ChainIndex builtin);

 private:
  enum class Visit : std::uint8_t { kNew, kUnderWay, kDone };
  struct Chain {
    Visit visit = Visit::kNew;
    std::vector<Aftermath::Way> ways{};
    std::vector<RuleRef> callers{};
    std::vector<std::uint32_t> returning{};
    std::vector<std::optional<MayMust>> matches{};
    std::vector<std::optional<SideNumbers>> plain{};
    std::optional<Bdd::Node> begin{};
    Overlaps overlaps{};
  };
  void look_at(ChainIndex chain);
  void find_callers(ChainIndex chain);
  // One from which packets come to the chain, if there is any.
  [[nodiscard]] std::optional<ChainIndex> builtin_of(ChainIndex chain) const;

  Looks& looks_;
  Asks& asks_;
  const CompiledHost& host_;
  std::vector<ChainIndex> of_table_;
  std::vector<Chain> chains_;  // of the host
  bool has_changes_ = false;
  bool has_circles_ = false;
};

}  // namespace pyfw
