// A place on the way of many packets that have gone alike so far: what is the same there for all of them, and
// what is still as each of them had it when it arrived.

#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ext/encounter.h"
#include "ext/target_values.h"
#include "prove/packet_space.h"
#include "trace/path.h"

namespace pyfw {

// What a condition may ask of a packet or its connection that may differ from packet to packet. All else that
// an Encounter holds is the same for all of them.
enum class Slot : std::uint8_t {
  kSource,
  kDestination,
  kSourcePort,
  kDestinationPort,
  kOriginalSource,
  kOriginalDestination,
  kOriginalSourcePort,
  kOriginalDestinationPort,
  kReplySource,
  kReplyDestination,
  kReplySourcePort,
  kReplyDestinationPort,
  kTtl,
  kTos,
  kLength,
  kTcpOptions,
};
inline constexpr std::size_t kSlots = static_cast<std::size_t>(Slot::kTcpOptions) + 1;
constexpr std::size_t index_of(Slot slot) { return static_cast<std::size_t>(slot); }
// What it is of a connection's first packet, where nothing has changed it.
Field field_of(Slot slot);
// The same of the other end, as an answer has it; of what is no end the field itself.
Field turned(Field field);
// Whether it is there at all: a packet of a protocol without ports has none.
bool has(const Encounter& encounter, Slot slot);
Point value_of(Slot slot, const Encounter& encounter);

// Where the value of a slot comes from.
struct Origin {
  enum class Is : std::uint8_t {
    kKnown,       // the same for all: it stands in Here::known
    kField,       // what `field` was when the packet arrived: an answer's destination is the request's source
    kOneLess,     // that less one, as a router leaves the TTL
    kCantBeTold,  // made of the packet in a way that is not followed here
  };
  Is is = Is::kKnown;
  Field field = Field::kSource;

  bool operator==(const Origin&) const = default;
};

struct Here {
  Encounter known{};  // its slots are those of one of the packets
  std::array<Origin, kSlots> origins{};
  std::vector<const Unpredictable*> clouds{};  // as in View
  // Which packet of the story it is, and by which jumps it came here: what nobody can tell is told anew for
  // each packet, and a chance each time that it is taken.
  std::size_t leg = 0;
  std::uint64_t jumps = 0;

  [[nodiscard]] const Origin& origin(Slot slot) const { return origins[index_of(slot)]; }
};

// Here::jumps after one more.
std::uint64_t jumps_after(std::uint64_t jumps, const RuleRef& rule);

}  // namespace pyfw
