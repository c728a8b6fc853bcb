// A place on the way of many packets: what is known there of all of them, while the fields of a PacketSpace
// are whatever they were when the packets arrived.

#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ext/encounter.h"
#include "prove/packet_space.h"

namespace pyfw {

struct Here {
  // The hook, the outgoing interface, the mark, conntrack's state, the connection but for its addresses and
  // ports: all that is no field.
  Encounter known{};
  // What was changed on the way: a translated destination, for instance.
  std::array<std::optional<Point>, kFields> changed{};

  [[nodiscard]] const std::optional<Point>& changed_to(Field field) const {
    return changed[static_cast<std::size_t>(field)];
  }
};

// Puts the value into the packet, as asked_field.h reads it. An interface is an index of `interfaces`.
void put_value(Field field, Point value, const std::vector<std::string>& interfaces, Encounter& encounter);

}  // namespace pyfw
