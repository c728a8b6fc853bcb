#include "prove/field_values.h"

namespace pyfw {

Point value_of(Field field, const Packet& packet) {
  switch (field) {
    case Field::kDestination: return point_of(packet.destination);
    case Field::kSource: return point_of(packet.source);
    case Field::kDestinationPort: return {.low = packet.destination_port};
    case Field::kSourcePort: return {.low = packet.source_port};
    case Field::kTcpOptions: return {.low = packet.tcp_option_kinds};
    case Field::kTtl: return {.low = packet.ttl};
    case Field::kTos: return {.low = packet.tos};
    case Field::kLength: return {.low = packet.length};
  }
  return {};
}

void put_value(Field field, Point value, Packet& packet) {
  auto byte = static_cast<std::uint8_t>(value.low);
  auto word = static_cast<std::uint16_t>(value.low);
  switch (field) {
    case Field::kDestination: packet.destination = ip_of(packet.source.family(), value); break;
    case Field::kSource: packet.source = ip_of(packet.destination.family(), value); break;
    case Field::kDestinationPort: packet.destination_port = word; break;
    case Field::kSourcePort: packet.source_port = word; break;
    case Field::kTcpOptions: packet.tcp_option_kinds = byte; break;
    case Field::kTtl: packet.ttl = byte; break;
    case Field::kTos: packet.tos = byte; break;
    case Field::kLength: packet.length = word; break;
  }
}

}  // namespace pyfw
