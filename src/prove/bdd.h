// Sets of packets as boolean functions: ordered binary decision diagrams (Bryant 1986, "Graph-Based
// Algorithms for Boolean Function Manipulation"). Two functions are the same if and only if their nodes are.
//
//   Bdd bdd;
//   auto web = bdd.both(tcp, port_80);
//   if (bdd.without(reachable, web) == Bdd::kNone) …        // nothing but web is reachable
//   TRY_VOID(bdd.check());                                  // all of it fitted

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"

namespace pyfw {

class Bdd {
 public:
  using Node = std::uint32_t;
  static constexpr Node kNone = 0;  // false: no packet
  static constexpr Node kAll = 1;   // true: every packet

  // 16 bytes a node, and half as much again for finding them.
  static constexpr std::size_t kMostNodes = std::size_t{8} << 20U;

  explicit Bdd(std::size_t most_nodes = kMostNodes);

  // Makes room for so many nodes at once, rather than as they come.
  void expect(std::size_t nodes);

  // Variables are numbered from 0; those with a lower number are looked at first.
  Node variable(std::uint32_t number) { return make(number, kNone, kAll); }

  Node both(Node a, Node b);
  Node either(Node a, Node b);
  Node without(Node a, Node b);  // a and not b
  Node opposite(Node a) { return without(kAll, a); }
  // What `a` becomes when it does not matter any more what those variables are: they are from `first` on,
  // before `end`.
  Node whatever(Node a, std::uint32_t first, std::uint32_t end);
  // Whether anything is in both. That makes no nodes.
  [[nodiscard]] bool meet(Node a, Node b);
  // Whether anything is in both and not in the third. No nodes here either.
  [[nodiscard]] bool meet_outside(Node a, Node b, Node of);

  // Numbers of `bits` bits, the highest bit at variable `first`: those in `numbers`, which ascend.
  Node one_of(std::span<const std::uint32_t> numbers, std::uint32_t first, unsigned bits);

  // One number; each of its bits but the highest is `stride` variables behind the next higher one.
  Node one_value(std::uint64_t value, std::uint32_t first, unsigned bits, unsigned stride);

  // A number as above, and for each, from 0 on, what else must hold; it hangs on variables behind the
  // number's. What is left out holds for none.
  Node by_number(std::span<const Node> rest, std::uint32_t first, unsigned bits);

  // Of what is in both the value that has the highest bits set as seldom as can be: for each variable before
  // `count` whether it holds. None where nothing is. That makes no nodes either.
  [[nodiscard]] std::optional<std::vector<bool>> first_of(Node a, Node b, std::uint32_t count);

  // Whether that value, of all variables, is in `a`; what it does not have is false.
  [[nodiscard]] bool contains(Node a, const std::vector<bool>& value) const;

  // Those that it hangs on, from `first` on, in their order.
  [[nodiscard]] std::vector<std::uint32_t> variables_of(Node a, std::uint32_t first) const;

  // What a node asks, and what is left where it does not hold, and where it does. Not of kNone and kAll.
  [[nodiscard]] std::uint32_t variable_of(Node a) const { return nodes_[a].variable; }
  [[nodiscard]] Node low(Node a) const { return nodes_[a].low; }
  [[nodiscard]] Node high(Node a) const { return nodes_[a].high; }

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  // Fails once more nodes were needed than are allowed: whatever was asked for since means nothing.
  [[nodiscard]] Result<void> check() const;

 private:
  struct Entry {
    std::uint32_t variable = 0;
    Node low = kNone;
    Node high = kNone;
    Node next = kNone;  // of those that the same slot has, kNone for no more
  };
  enum class Operation : std::uint32_t { kBoth, kEither, kWithout, kWhatever, kMeet, kMeetOutside };
  struct Known {
    Operation operation = Operation::kBoth;
    Node a = kNone;
    Node b = kNone;
    std::uint32_t more = 0;
    Node result = kNone;
  };

  Node make(std::uint32_t variable, Node low, Node high);
  void spread(std::size_t slots);
  [[nodiscard]] std::uint32_t level(Node a) const { return nodes_[a].variable; }
  // What is left of it where that variable, which is none below its own, holds or not.
  [[nodiscard]] Node part(Node a, std::uint32_t variable, bool holds) const;
  template <typename Compute>
  Node remembered(Operation operation, Node a, Node b, std::uint32_t more, const Compute& compute);
  template <typename Operate>
  Node split(Node a, Node b, const Operate& operate);

  std::vector<Entry> nodes_;
  std::vector<Node> slots_;
  std::vector<Known> known_;  // what was asked lately
  std::size_t most_nodes_;
  bool is_full_ = false;
};

}  // namespace pyfw
