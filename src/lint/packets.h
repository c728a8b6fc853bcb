// The kinds of packets that lints ask about, in one table of the desired state: what comes from outside and
// is nobody's in particular, answers, what goes to containers; and what the table does with them.
//
//   TablePackets packets(host, state.sets, chains, ends);
//   packets.walk();
//   if (!packets.lets_through(input, packets.answers_to_host())) …      // surely none of them gets in
//
// Where something can't be told, it may be so: then both lets_through() and stops() hold.

#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shadow/table_reach.h"
#include "trace/traced_host.h"

namespace pyfw {

// The interfaces of a host, as far as lints tell them apart.
struct InterfaceRoles {
  std::vector<InterfaceIs> bridges{};  // Docker's; their field does not matter
  std::string external{};              // of the default route; empty: not known
};

class TablePackets {
 public:
  // All chains of one table; all must outlive it.
  // Of `destinations` can be asked what goes there.
  TablePackets(const CompiledHost& host, std::span<const Set> sets, std::vector<ChainIndex> chains,
               const InterfaceRoles& roles, const std::vector<AddressRange>& destinations);

  Result<void> walk();
  TableReach& table() { return table_; }

  // Whether some of them may get through the builtin chain, or may be dropped or rejected there.
  bool lets_through(ChainIndex builtin, Bdd::Node packets);
  bool stops(ChainIndex builtin, Bdd::Node packets);
  // Whether some of them may come to the rule and match; and whether they do so, whatever can't be told of
  // the rule itself.
  bool may_take(const RuleRef& rule, Bdd::Node packets);
  bool takes(const RuleRef& rule, Bdd::Node packets);
  // What the rule asks for, whether such packets come to it or not.
  Bdd::Node matched_by(const RuleRef& rule) { return table_.match(rule).may; }
  Bdd::Node both(Bdd::Node a, Bdd::Node b) { return table_.looks().bdd().both(a, b); }
  Bdd::Node without(Bdd::Node a, Bdd::Node b) { return table_.looks().bdd().without(a, b); }

  Bdd::Node everything() { return table_.looks().everything(); }
  // What comes in from outside, by the external interface where that is known, from an address that no rule
  // of the table names.
  Bdd::Node from_anyone();
  Bdd::Node by_loopback();
  Bdd::Node to_loopback();
  Bdd::Node to_destination(const AddressRange& destination);
  Bdd::Node by_bridge();
  Bdd::Node to_bridge();
  // A port of the upper range that no rule names by itself or in a small range.
  [[nodiscard]] std::uint16_t unnamed_port() const { return unnamed_port_; }

  Bdd::Node number(NumberField field, std::uint32_t value) {
    return table_.looks().number_in({.field = field, .range = {.first = value, .last = value}});
  }
  Bdd::Node in_state(CtStateBit state);
  // The first packet of a connection to that port.
  Bdd::Node opening(std::uint8_t protocol, std::uint16_t port);
  // The answers to a connection that the host, or a container, has opened to a port that no rule names.
  Bdd::Node answers();
  // Those to a connection that somebody has opened to a service, whatever its port is.
  Bdd::Node answers_of_services();
  // What nobody looks at is as it mostly is: TTL, length, TOS, a plain unicast.
  Bdd::Node usual();
  // "The packet is too big": what path MTU discovery needs.
  Bdd::Node too_big();
  // What IPv6 finds its neighbours by.
  Bdd::Node neighbour_solicitation();
  Bdd::Node neighbour_advertisement();

 private:
  enum class Fate : std::uint8_t { kThrough, kStopped };
  bool may_end(Fate fate, ChainIndex builtin, Bdd::Node packets);
  // False where it is seen, of all rules of the chain at once, that this one matches none of them; of ten
  // thousand those are most, and their diagrams need not be made.
  bool overlaps(const RuleRef& rule, Bdd::Node packets);
  void learn_sources(std::span<const Set> sets);
  void learn_ports();
  Bdd::Node some_bridge(InterfaceField field);
  Bdd::Node neighbour_discovery(std::uint32_t type);

  TableReach table_;
  // With what was asked for of late: the rules of that chain.
  std::map<std::pair<ChainIndex, Bdd::Node>, std::vector<std::uint32_t>> overlapping_{};
  InterfaceRoles roles_;
  Looks::Question named_sources_{};
  Looks::Question named_originals_{};
  std::vector<std::pair<AddressRange, Looks::Question>> destinations_{};
  std::uint16_t unnamed_port_ = 0;
};

}  // namespace pyfw
