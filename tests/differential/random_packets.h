// Random packets that a topology may see, and those that follow a first one.

#pragma once

#include <optional>

#include "dice.h"
#include "stage.h"
#include "topology.h"

namespace pyfw::differential {

Shipment random_shipment(Dice& dice, const Topology& topology);

// A packet of the same connection, or one that is related to it, after the kernel did that with `last`: from
// whoever got it, or once more from its sender. None where nothing sensible can follow.
std::optional<Shipment> random_next(Dice& dice, const Topology& topology, const Shipment& last,
                                    const KernelPath& path);

}  // namespace pyfw::differential
