// What chains do with all packets at once. A chain whose rules only decide is summed up once for each place
// that it is met at: which packets it accepts, drops and rejects, and which come back to its caller. Two
// halves of a chain make one by what the first lets through to the second, so ten thousand rules are a tree,
// not a list.
//
//   ChainSums sums(space, meanings, host);
//   sums.learn(forward);
//   space.settle();
//   if (sums.only_decides(forward)) { const auto& sum = sums.of(forward, here); … }

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "prove/meanings.h"
#include "trace/compiled_host.h"

namespace pyfw {

// No packet is in two of them, and each is in one.
struct ChainSum {
  Bdd::Node accepted = Bdd::kNone;
  Bdd::Node dropped = Bdd::kNone;
  std::vector<Bdd::Node> rejected{};  // by the answer that is sent, as ChainSums counts them
  Bdd::Node back = Bdd::kNone;        // they come to the chain's end, or to RETURN
  Bdd::Node untold = Bdd::kNone;      // a rule asks of them what is not followed here
};

class ChainSums {
 public:
  // All must outlive it.
  ChainSums(PacketSpace& space, Meanings& meanings, const CompiledHost& host);

  // The chain and what it jumps to. Before the space is settled.
  void learn(ChainIndex chain);
  // Whether no rule of it, nor of a chain that it jumps to, does anything but decide; not so where chains go
  // round in a circle.
  bool only_decides(ChainIndex chain);
  // Of a chain that only decides.
  const ChainSum& of(ChainIndex chain, const Here& here);

  struct Matched {
    Bdd::Node yes = Bdd::kNone;
    Bdd::Node untold = Bdd::kNone;
  };
  // The packets that match a rule. Where nobody can tell whether one does, a variable decides that is no
  // field: one for all rules that ask the same, or one for each where each counts.
  Matched match(const RuleRef& rule, const Here& here);
  // Those that match one of the rules at least, from the first to the last, both included.
  const Matched& match_any(ChainIndex chain, std::uint32_t first, std::uint32_t last, const Here& here);

  // What that variable stands for, where it is one that decides of a match.
  [[nodiscard]] const OpenQuestion* question_of(std::uint32_t variable) const;

  // What rules match of other packets nobody will ask. Before anything is asked.
  void look_only_at(Bdd::Node packets) { only_ = packets; }

 private:
  Bdd::Node only_ = Bdd::kAll;
  struct Part {
    ChainSum sum{};  // `back` is what met RETURN
    Bdd::Node on = Bdd::kNone;
  };
  enum class Decides : std::uint8_t { kUnknown, kAsking, kYes, kNo };

  // Those from `first` to before `end` that may match: of all others it is seen at once that they don't.
  using Rules = std::span<const std::uint32_t>;
  [[nodiscard]] std::vector<std::uint32_t> that_may_match(ChainIndex chain, std::size_t first,
                                                          std::size_t end, const Here& here) const;
  Part part(ChainIndex chain, Rules rules, const Here& here);
  Part one_rule(const RuleRef& rule, const Here& here);
  Part jump(const JumpTo& jump, const RuleRef& rule, const Matched& matched, const Here& here);
  Part joined(const Part& above, const Part& below);
  Matched any_of(ChainIndex chain, Rules rules, const Here& here);
  std::size_t kind_of(const Reject& reject);
  [[nodiscard]] std::string key_of(ChainIndex chain, const Here& here) const;
  Bdd::Node doubt(const RuleRef& rule, std::size_t condition, const Here& here);

  PacketSpace& space_;
  Meanings& meanings_;
  const CompiledHost& host_;
  std::vector<std::vector<std::vector<Meanings::Asked>>> learnt_;  // of each chain's rules the conditions
  std::vector<Decides> decides_;
  std::vector<bool> may_doubt_;  // whether something in the chain, or behind its jumps, can't be told
  bool are_some_untracked_ = false;
  // Of what goes back, only these meet the rules of nat: a reset for a connection that never became one, and
  // the answer to what was not tracked.
  bool turns_in_nat_ = false;
  std::vector<std::string> rejects_;  // the answers that REJECT sends, in the order in which they were met
  std::map<std::string, Bdd::Node> doubts_;
  std::map<std::uint32_t, OpenQuestion> questions_;  // by the variables of doubts
  std::map<std::pair<ChainIndex, std::string>, ChainSum> known_;
  std::map<std::string, Matched> known_matches_;
};

}  // namespace pyfw
