// One packet of many, as a person would choose it: with what nobody thinks about as it mostly is, and with
// ends that are seen wherever they come from.

#pragma once

#include <optional>
#include <set>

#include "prove/alike.h"
#include "prove/packet_space.h"
#include "trace/trace.h"

namespace pyfw {

// What a packet has that nobody thinks about. Of addresses there is none.
std::optional<Point> usual_value(Field field);

class Examples {
 public:
  // Both must outlive it.
  Examples(PacketSpace& space, const Freedom& freedom) : space_(space), freedom_(freedom) {}

  // Those of which nothing but the ends is unusual.
  Bdd::Node usual();
  // There must be one.
  PacketSpace::OnePacket plainest_of(Bdd::Node packets);
  // Like that one, with the values of the packet.
  Arrival of(const Arrival& like, const PacketSpace::OnePacket& packet) const;

 private:
  [[nodiscard]] Point value_for(Field field, std::uint32_t of_class, const std::set<Point>& taken) const;

  PacketSpace& space_;
  const Freedom& freedom_;
};

}  // namespace pyfw
