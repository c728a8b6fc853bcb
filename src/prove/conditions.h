// What else must be so of packets besides where they come from and where they go, a field at a time.

#pragma once

#include <map>
#include <span>

#include "prove/reach.h"
#include "prove/spans.h"

namespace pyfw {

struct Conditions {
  // The values of each field that may not be any. Together they say it all, unless `is_part`: then fields
  // look at each other.
  std::map<Field, Spans> only{};
  bool is_part = false;

  auto operator<=>(const Conditions&) const = default;
};

// Of some of the packets that were asked about, of which nobody looks at the other fields any more.
Conditions conditions_of(PacketSpace& space, Bdd::Node packets, Bdd::Node asked,
                         std::span<const Field> fields);

// The values of those classes.
Spans values_of(const PacketSpace& space, Field field, const std::vector<std::uint32_t>& classes);

}  // namespace pyfw
