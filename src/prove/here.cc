#include "prove/here.h"

namespace pyfw {
namespace {

Point point(std::uint64_t number) { return {.low = number}; }

}  // namespace

// Any two ways are other numbers but by the rarest chance, and then two chances count as one.
std::uint64_t jumps_after(std::uint64_t jumps, const RuleRef& rule) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  auto mixed = (jumps ^ (std::uint64_t{rule.chain} << 32U | rule.rule)) * kOdd + kOdd;
  return mixed ^ mixed >> 29U;
}

Point value_of(Slot slot, const Encounter& encounter) {
  const auto& packet = encounter.packet;
  const auto* connection = encounter.connection ? &*encounter.connection : nullptr;
  switch (slot) {
    case Slot::kSource: return point_of(packet.source);
    case Slot::kDestination: return point_of(packet.destination);
    case Slot::kSourcePort: return point(packet.source_port);
    case Slot::kDestinationPort: return point(packet.destination_port);
    case Slot::kTtl: return point(packet.ttl);
    case Slot::kTos: return point(packet.tos);
    case Slot::kLength: return point(packet.length);
    case Slot::kTcpOptions: return point(packet.tcp_option_kinds);
    default: break;
  }
  if (connection == nullptr) return {};
  const auto& original = connection->original;
  const auto& reply = connection->reply;
  switch (slot) {
    case Slot::kOriginalSource: return point_of(original.source);
    case Slot::kOriginalDestination: return point_of(original.destination);
    case Slot::kOriginalSourcePort: return point(original.source_port);
    case Slot::kOriginalDestinationPort: return point(original.destination_port);
    case Slot::kReplySource: return point_of(reply.source);
    case Slot::kReplyDestination: return point_of(reply.destination);
    case Slot::kReplySourcePort: return point(reply.source_port);
    case Slot::kReplyDestinationPort: return point(reply.destination_port);
    default: return {};
  }
}

void put_value(Slot slot, Point value, Encounter& encounter) {
  auto& packet = encounter.packet;
  auto byte = static_cast<std::uint8_t>(value.low);
  auto word = static_cast<std::uint16_t>(value.low);
  switch (slot) {
    case Slot::kSource: packet.source = ip_of(packet.family(), value); break;
    case Slot::kDestination: packet.destination = ip_of(packet.source.family(), value); break;
    case Slot::kSourcePort: packet.source_port = word; break;
    case Slot::kDestinationPort: packet.destination_port = word; break;
    case Slot::kTtl: packet.ttl = byte; break;
    case Slot::kTos: packet.tos = byte; break;
    case Slot::kLength: packet.length = word; break;
    case Slot::kTcpOptions: packet.tcp_option_kinds = byte; break;
    default: break;
  }
}

}  // namespace pyfw
