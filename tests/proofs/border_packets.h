// Packets that an expectation about everyone speaks of, from and to values at the borders of what rules and
// sets name: the first and the last address of a prefix, those just outside, ports likewise.

#pragma once

#include <cstddef>
#include <vector>

#include "ask/flows.h"
#include "differential/dice.h"

namespace pyfw::proofs {

// At most so many, drawn from all.
Result<std::vector<Arrival>> border_packets(const Expectation& expectation, const Scene& scene,
                                            std::size_t most, differential::Dice& dice);

}  // namespace pyfw::proofs
