#include "prove/here.h"

#include "net/packet.h"
#include "prove/field_values.h"

namespace pyfw {

// Any two ways are other numbers but by the rarest chance, and then two chances count as one.
std::uint64_t jumps_after(std::uint64_t jumps, const RuleRef& rule) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  auto mixed = (jumps ^ (std::uint64_t{rule.chain} << 32U | rule.rule)) * kOdd + kOdd;
  return mixed ^ mixed >> 29U;
}

Field field_of(Slot slot) {
  switch (slot) {
    case Slot::kSource:
    case Slot::kOriginalSource:
    case Slot::kReplyDestination: return Field::kSource;
    case Slot::kDestination:
    case Slot::kOriginalDestination:
    case Slot::kReplySource: return Field::kDestination;
    case Slot::kSourcePort:
    case Slot::kOriginalSourcePort:
    case Slot::kReplyDestinationPort: return Field::kSourcePort;
    case Slot::kDestinationPort:
    case Slot::kOriginalDestinationPort:
    case Slot::kReplySourcePort: return Field::kDestinationPort;
    case Slot::kTtl: return Field::kTtl;
    case Slot::kTos: return Field::kTos;
    case Slot::kLength: return Field::kLength;
    case Slot::kTcpOptions: return Field::kTcpOptions;
  }
  return Field::kSource;
}

Field turned(Field field) {
  switch (field) {
    case Field::kSource: return Field::kDestination;
    case Field::kDestination: return Field::kSource;
    case Field::kSourcePort: return Field::kDestinationPort;
    case Field::kDestinationPort: return Field::kSourcePort;
    default: return field;
  }
}

bool has(const Encounter& encounter, Slot slot) {
  const auto& packet = encounter.packet;
  bool is_whole = !packet.is_fragment;
  switch (slot) {
    case Slot::kSourcePort:
    case Slot::kDestinationPort: return is_whole && has_ports(packet.protocol);
    case Slot::kTcpOptions: return is_whole && packet.protocol == kTcp;
    case Slot::kSource:
    case Slot::kDestination:
    case Slot::kTtl:
    case Slot::kTos:
    case Slot::kLength: return true;
    default: return encounter.connection.has_value();
  }
}

Point value_of(Slot slot, const Encounter& encounter) {
  if (slot < Slot::kOriginalSource || slot > Slot::kReplyDestinationPort)
    return value_of(field_of(slot), encounter.packet);
  if (!encounter.connection) return {};
  const auto& original = encounter.connection->original;
  const auto& reply = encounter.connection->reply;
  switch (slot) {
    case Slot::kOriginalSource: return point_of(original.source);
    case Slot::kOriginalDestination: return point_of(original.destination);
    case Slot::kOriginalSourcePort: return {.low = original.source_port};
    case Slot::kOriginalDestinationPort: return {.low = original.destination_port};
    case Slot::kReplySource: return point_of(reply.source);
    case Slot::kReplyDestination: return point_of(reply.destination);
    case Slot::kReplySourcePort: return {.low = reply.source_port};
    default: return {.low = reply.destination_port};
  }
}

}  // namespace pyfw
