// Rules that never match: no packet that there can be comes to them and is what they ask for.
//
//   TRY(auto dead, dead_rules(host, state.sets));
//   for (const DeadRule& one : dead)
//     fmt::print("{} never matches\n", host.rule(one.rule).text);      // and one.why, one.because
//
// Each rule that is found is one, whatever the packet, as long as rules and sets stay as they are: what can't
// be told is taken for possible. Sets that forget members, or that rules add to, may have anyone. Not all are
// found: each table is judged by itself, and docs/proofs.md says what else is not looked at.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "nf/set.h"
#include "shadow/table_reach.h"
#include "trace/traced_host.h"

namespace pyfw {

struct DeadRule {
  enum class Why : std::uint8_t {
    kContradicts,   // nothing that its hooks get is what it asks for
    kUncalled,      // nothing jumps to its chain
    kCalledByDead,  // what jumps to its chain never matches: `because`
    kNotSent,       // what jumps to its chain, `because`, sends no such packets
    kTaken,         // other rules take its packets first: `because`
  };
  RuleRef rule{};
  Why why = Why::kTaken;
  // Of kTaken those first that match whatever the rule matches, so that one of them would be `enough`, then
  // those with another target than the rule's own, else in the order in which packets meet them. Each takes
  // something that none of the others does.
  std::vector<RuleRef> because{};
  std::size_t enough = 0;  // so many of the first of them

  bool operator==(const DeadRule&) const = default;
};

// In the order of chains and rules, of both families and backends. Fails where the rules tell apart more
// packets than can be held.
Result<std::vector<DeadRule>> dead_rules(const TracedHost& host, std::span<const Set> sets);

struct DeadRules {
  std::vector<DeadRule> rules{};
  // Why there may be more that never match: the rules tell apart too many packets.
  std::optional<Error> gap{};
};

// Those of one table, which was walked. What is asked of ten thousand rules may fill it, though each by
// itself has room; then the next ones are asked of another one like it, some times.
DeadRules dead_rules(TableReach& table);

}  // namespace pyfw
