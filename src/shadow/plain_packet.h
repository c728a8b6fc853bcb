// A packet that a rule matches, found without a diagram: where a rule asks of each side one thing, or
// nothing, a number for each is easily had.
//
//   plain_numbers_of(rule, asks.extents(ref), input)
//     -> `-s 10.0.0.0/8 -p tcp --dport 22`: the first address of these, tcp, 22; of the rest what few rules
//     name

#pragma once

#include <array>
#include <optional>
#include <span>

#include "ext/evaluate.h"
#include "shadow/overlaps.h"
#include "trace/traced_host.h"

namespace pyfw {

// For each of Overlaps::kSides.
using SideNumbers = std::array<std::uint32_t, Overlaps::kSides.size()>;

// The builtin chain gets such packets, if nothing else about them is out of the way, and whatever it is the
// rule matches them. None where that can't be seen at once.
std::optional<SideNumbers> plain_numbers_of(const CompiledRule& rule, std::span<const Extent> extents,
                                            const TracedChain& builtin);

}  // namespace pyfw
