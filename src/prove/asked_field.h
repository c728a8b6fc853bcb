// What a condition of a rule asks of one field of the packet itself, as spans of the field's values.
//
//   asked_field(Condition{AddressIn{.first = 10.0.0.0, .last = 10.255.255.255}})
//     -> {.field = Field::kSource, .spans = {{10.0.0.0, 10.255.255.255}}}

#pragma once

#include <optional>
#include <vector>

#include "ext/conditions.h"
#include "net/packet.h"
#include "prove/packet_space.h"

namespace pyfw {

struct AskedField {
  Field field = Field::kSource;
  std::vector<PointSpan> spans{};
  bool inverted = false;
  // The answer for a packet that has no such field, as a fragment has no ports.
  bool if_absent = false;
};

// None where the condition asks something else: several fields, a set, the connection, an interface, or an
// address under a mask that cuts all addresses into more than some thousand spans.
std::optional<AskedField> asked_field(const Condition& condition);

// The value of the field in that packet, where it has one. Of those that are the packet's own.
std::optional<Point> value_of(Field field, const Packet& packet);

}  // namespace pyfw
