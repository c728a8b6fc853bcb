// Which rules of a chain may match some packets, by the sides that most rules look at: addresses, ports,
// protocol, interfaces. Of others nothing is said: whatever is asked of those, the rule may match.
//
//   Overlaps overlaps;
//   for (const auto& rule : rules) overlaps.add(asks.extents(rule));
//   overlaps.settle();
//   for (auto rule : overlaps.before(end, packets)) …      // the few that have to be looked at closely
//
// A bit for each rule and side, so that ten thousand rules are passed over in a microsecond.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "shadow/asks.h"
#include "shadow/span_index.h"

namespace pyfw {

class Overlaps {
 public:
  // What tells most rules apart comes first.
  static constexpr std::array kSides = {Look::kSource,     Look::kDestination, Look::kDestinationPort,
                                        Look::kSourcePort, Look::kIn,          Look::kOut,
                                        Look::kProtocol,   Look::kCtState};
  // On each side the numbers that the packets have there, or more.
  using Packets = std::array<NumberRange, kSides.size()>;

  // The next rule. Of extents on other sides nothing is kept.
  void add(std::span<const Extent> asked);
  // Once, when all are added.
  void settle();

  // Ascending.
  [[nodiscard]] std::vector<std::uint32_t> before(std::size_t end, const Packets& packets);

 private:
  using Bits = std::vector<std::uint64_t>;
  struct Side {
    SpanIndex spans{};
    std::vector<std::uint32_t> asking{};  // rules
    Bits open{};                          // those that don't ask
    // Of ranges that many rules ask for: all rules that may match there.
    std::map<std::pair<std::uint32_t, std::uint32_t>, Bits> known{};
  };
  const Bits& matching(Side& side, const NumberRange& range);

  std::size_t size_ = 0;
  std::array<Side, kSides.size()> sides_{};
  Bits here_{};  // that matching() has put together
};

}  // namespace pyfw
