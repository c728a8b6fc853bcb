// Which packets come to each rule. A chain is walked once, with all packets that there can be, so that it
// does not matter how often it is jumped to; then from the builtin chains on, those are given on to each
// chain that are sent to it. A chain that changes packets gets them as if what it changes were not known.
//
//   ChainReach reach(looks, asks, host);
//   for (chain of the family) reach.learn(chain);
//   looks.settle();
//   reach.walk();
//   if (!reach.is_met({.chain = input, .rule = 3})) …          // it never matches
//
// Where anything is not known, more packets come than really do, never fewer.

#pragma once

#include <cstddef>
#include <vector>

#include "shadow/asks.h"
#include "shadow/changes.h"
#include "shadow/loss.h"

namespace pyfw {

class ChainReach {
 public:
  // All must outlive it.
  ChainReach(Looks& looks, Asks& asks, const CompiledHost& host);

  // Before the looks are settled.
  void learn(ChainIndex chain);
  // Once, after that.
  void walk();

  // Whether a packet can come to the rule and match.
  bool is_met(const RuleRef& rule);

  // As NarrowReach has them (narrow_reach.h).
  [[nodiscard]] MayMust match(const RuleRef& rule) const { return at(rule).match; }
  [[nodiscard]] const std::vector<RuleRef>& callers(ChainIndex chain) const { return walked_[chain].callers; }
  [[nodiscard]] Bdd::Node sent_at_most(ChainIndex chain) const { return walked_[chain].sent_at_most; }
  [[nodiscard]] Bdd::Node in_hooks(ChainIndex chain) const { return walked_[chain].in_hooks; }
  bool any_come(const RuleRef& rule, Bdd::Node packets) {
    return looks_.bdd().meet_outside(packets, walked_[rule.chain].sent, at(rule).gone);
  }
  bool any_are_sent(ChainIndex chain, Bdd::Node packets) {
    return looks_.bdd().meet(packets, walked_[chain].sent);
  }
  Bdd::Node sent(ChainIndex chain, Bdd::Node packets) {
    return looks_.bdd().both(packets, walked_[chain].sent);
  }
  Bdd::Node left(const RuleRef& rule, Bdd::Node packets) {
    return looks_.bdd().without(packets, at(rule).gone);
  }
  Bdd::Node lost(ChainIndex chain, Bdd::Node packets) {
    return looks_.bdd().both(packets, walked_[chain].lost);
  }
  bool any_stay(ChainIndex chain, Bdd::Node packets) {
    return looks_.bdd().meet_outside(packets, Bdd::kAll, walked_[chain].lost);
  }
  std::vector<Loss> losses(ChainIndex chain, std::size_t end, Bdd::Node packets);
  [[nodiscard]] std::vector<std::uint32_t> overlapping(ChainIndex chain, Bdd::Node packets) const;

  struct Passage {
    Aftermath change{};
    // Of all packets, possible or not, those that begin the chain and don't get there. They are for the most
    // part what rules before match, of which there are diagrams; of the others each rule would need its own.
    Bdd::Node gone = Bdd::kNone;
    MayMust match{};
  };
  struct Walked {
    std::vector<Passage> rules{};
    Bdd::Node gone = Bdd::kNone;  // of all packets, those that don't get to the chain's end
    Bdd::Node lost = Bdd::kNone;  // that don't come back to its caller, neither from there nor by RETURN
    LookSet changes{};            // in it, or behind its jumps
    std::vector<RuleRef> callers{};
    // What gets to the chain; what would, if no rule took anything away; and what would, if moreover every
    // jump matched everything.
    Bdd::Node sent = Bdd::kNone;
    Bdd::Node sent_at_most = Bdd::kNone;
    Bdd::Node in_hooks = Bdd::kNone;

    [[nodiscard]] Bdd::Node gone_after(std::size_t rule) const {
      return rule + 1 < rules.size() ? rules[rule + 1].gone : gone;
    }
  };
  [[nodiscard]] const Walked& walked(ChainIndex chain) const { return walked_[chain]; }
  // Of the packets that match a jump, those that come back.
  Bdd::Node through(ChainIndex chain, Bdd::Node packets);

 private:
  // Packets that all get lost between two rules.
  struct Lost {
    std::size_t first;
    std::size_t end;
    Bdd::Node packets;
  };
  void find_losses(ChainIndex chain, const Lost& lost, std::vector<Loss>& out);
  [[nodiscard]] const Passage& at(const RuleRef& rule) const { return walked_[rule.chain].rules[rule.rule]; }

  enum class Stage : std::uint8_t { kNew, kUnderWay, kDone };

  void walk(ChainIndex chain);
  void pass(const RuleRef& rule, Bdd::Node& gone, Bdd::Node& back);
  void jump(const RuleRef& rule, Bdd::Node& gone, Bdd::Node& back);
  void send(ChainIndex chain);

  Looks& looks_;
  Asks& asks_;
  const CompiledHost& host_;
  std::vector<ChainIndex> learnt_{};
  std::vector<ChainIndex> done_{};  // callees before their callers
  std::vector<Walked> walked_;
  std::vector<Stage> stages_;
  std::vector<bool> is_in_circle_;  // as a state file may have it, though no kernel
};

}  // namespace pyfw
