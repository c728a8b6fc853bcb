// What a condition of a rule asks of one slot (here.h), as spans of its values.
//
//   asked_slot(Condition{AddressIn{.first = 10.0.0.0, .last = 10.255.255.255}})
//     -> {.slot = Slot::kSource, .spans = {{10.0.0.0, 10.255.255.255}}}

#pragma once

#include <optional>
#include <vector>

#include "ext/conditions.h"
#include "prove/here.h"

namespace pyfw {

struct AskedSlot {
  Slot slot = Slot::kSource;
  std::vector<PointSpan> spans{};
  bool inverted = false;
};

// None where the condition asks something else: of several slots, of a set, of what is the same for all
// packets, or of an address under a mask that cuts all addresses into more than some thousand spans.
std::optional<AskedSlot> asked_slot(const Condition& condition);

Slot slot_of(AddressField field);

}  // namespace pyfw
