// One packet, followed through a table whose rules change nothing; and where it does not get to a rule, who
// else does not, for the same reason. So that whether any of many packets gets there is known after a few.
//
//   OnePacket packet(rules, looks, *bdd.first_of(packets, …), packets);
//   if (auto others = packet.kept_from(rule)) packets = bdd.without(packets, *others);

#pragma once

#include <map>
#include <optional>
#include <vector>

#include "shadow/table_rules.h"

namespace pyfw {

class OnePacket {
 public:
  // The packet is a value of all variables, and one of the packets `among`; those may be none, where nobody
  // asks for the others. All must outlive it.
  OnePacket(TableRules& rules, Looks& looks, const std::vector<bool>& packet, Bdd::Node among)
      : rules_(rules), looks_(looks), packet_(packet), among_(among) {}

  // Of those among the packets that don't come to the rule, or are not sent to the chain, some: this one, and
  // whoever is kept by the same rules. None where this one gets there.
  std::optional<Bdd::Node> kept_from(const RuleRef& rule);
  std::optional<Bdd::Node> kept_from(ChainIndex chain);
  // Likewise of packets that begin the chain: who does not get to its rule `end`; who does not come back from
  // it, nor gets to its end.
  std::optional<Bdd::Node> taken_before(ChainIndex chain, std::size_t end);
  std::optional<Bdd::Node> lost_in(ChainIndex chain);

 private:
  using Kept = std::optional<Bdd::Node>;

  Kept find_lost_in(ChainIndex chain);
  Kept find_kept_from(ChainIndex chain);
  [[nodiscard]] Bdd::Node without_returned(ChainIndex chain, std::size_t end, Bdd::Node packets);
  [[nodiscard]] bool is_in(Bdd::Node packets) const { return looks_.bdd().contains(packets, packet_); }

  TableRules& rules_;
  Looks& looks_;
  const std::vector<bool>& packet_;
  Bdd::Node among_;
  // Many jumps may lead to one chain.
  std::map<ChainIndex, Kept> lost_{};
  std::map<ChainIndex, Kept> not_sent_{};
};

}  // namespace pyfw
