// What a rule leaves of the packets that match it: whether they go on to the next rule at all, and what they
// are by then.
//
//   auto change = change_by(rule, text);          // MARK: {.way = Way::kOn, .looks = {kMark}}
//   auto on = packets_after(change, rule.target, packets, looks);

#pragma once

#include <string_view>

#include "ext/evaluate.h"
#include "shadow/looks.h"

namespace pyfw {

struct Aftermath {
  enum class Way : std::uint8_t {
    kOn,       // to the next rule
    kEnds,     // out of the table: the verdict is given
    kReturns,  // to the chain's caller
    kJumps,    // into another chain
    kUnknown,  // anything may become of it
  };
  Way way = Way::kOn;
  LookSet looks{};               // what may be otherwise afterwards
  bool is_of_match_too = false;  // also for packets that don't match: the match itself changes them
};

Aftermath change_by(const CompiledRule& rule, std::string_view text);

// Of those that go on.
Bdd::Node packets_after(const Aftermath& change, const Target& target, Bdd::Node packets, Looks& looks);

// What may be otherwise where nobody knows what was done: everything.
LookSet all_changes();

}  // namespace pyfw
