// Which of some packets come to a rule, in a table whose rules change nothing. What ChainReach
// (chain_reach.h) knows of all packets at once is asked here of a few, those that one rule matches for
// instance. Most rules match none of them, so that neither their diagrams are made, nor that of all that they
// take, which may be larger than can be held.
//
//   NarrowReach reach(rules, looks);
//   if (!reach.is_met({.chain = input, .rule = 3})) …
//   auto left = reach.left({.chain = input, .rule = 3}, packets);
//
// The answers are ChainReach's.

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "shadow/loss.h"
#include "shadow/one_packet.h"
#include "shadow/table_rules.h"

namespace pyfw {

class NarrowReach {
 public:
  // Of rules that change nothing, and are settled. All must outlive it.
  NarrowReach(TableRules& rules, Looks& looks) : rules_(rules), looks_(looks) {}

  MayMust match(const RuleRef& rule) { return rules_.match(rule); }
  [[nodiscard]] const std::vector<RuleRef>& callers(ChainIndex chain) const { return rules_.callers(chain); }
  // What would get to the chain, if no rule took anything away; and if moreover every jump matched
  // everything.
  Bdd::Node sent_at_most(ChainIndex chain);
  Bdd::Node in_hooks(ChainIndex chain);

  // Whether a packet can come to the rule and match.
  bool is_met(const RuleRef& rule);
  // Whether any of the packets come to the rule, or are sent to the chain.
  bool any_come(const RuleRef& rule, Bdd::Node packets);
  bool any_are_sent(ChainIndex chain, Bdd::Node packets);

  // Of the packets those that are sent to the chain; of packets that begin a chain those that get to the
  // rule, and those that don't come back.
  Bdd::Node sent(ChainIndex chain, Bdd::Node packets);
  Bdd::Node left(const RuleRef& rule, Bdd::Node packets) { return pass(rule.chain, rule.rule, packets).left; }
  Bdd::Node lost(ChainIndex chain, Bdd::Node packets);
  // Whether any of packets that begin the chain come back from it, or get to its end.
  bool any_stay(ChainIndex chain, Bdd::Node packets);
  // The rules before `end` past which some packets that begin the chain don't get; of a jump which those are.
  std::vector<Loss> losses(ChainIndex chain, std::size_t end, Bdd::Node packets);
  // The rules of a chain that may match some of the packets, of those that don't let all go on.
  std::vector<std::uint32_t> overlapping(ChainIndex chain, Bdd::Node packets) {
    return rules_.before(chain, rules_.count(chain), packets);
  }

 private:
  using Known = std::map<std::pair<ChainIndex, Bdd::Node>, Bdd::Node>;

  // What becomes of packets that begin a chain.
  struct Passed {
    Bdd::Node left = Bdd::kNone;
    Bdd::Node back = Bdd::kNone;  // by RETURN
  };
  Passed pass(ChainIndex chain, std::size_t end, Bdd::Node packets);
  // Whether anything in both is not kept.
  using KeptFrom = std::function<std::optional<Bdd::Node>(OnePacket&)>;
  bool any_get_there(Bdd::Node packets, Bdd::Node possible, const KeptFrom& kept_from);

  TableRules& rules_;
  Looks& looks_;
  std::map<ChainIndex, Bdd::Node> at_most_{};
  std::map<ChainIndex, Bdd::Node> in_hooks_{};
  std::map<std::pair<ChainIndex, Bdd::Node>, bool> any_sent_{};
  Known sent_{};
  Known lost_{};
};

}  // namespace pyfw
