#include "prove/here.h"

namespace pyfw {

void put_value(Field field, Point value, const std::vector<std::string>& interfaces, Encounter& encounter) {
  auto& packet = encounter.packet;
  auto byte = static_cast<std::uint8_t>(value.low);
  auto word = static_cast<std::uint16_t>(value.low);
  switch (field) {
    case Field::kInInterface:
      encounter.in_interface = value.low < interfaces.size() ? interfaces[value.low] : std::string();
      break;
    case Field::kDestination: packet.destination = ip_of(packet.family(), value); break;
    case Field::kSource: packet.source = ip_of(packet.family(), value); break;
    case Field::kDestinationPort: packet.destination_port = word; break;
    case Field::kProtocol: packet.protocol = byte; break;
    case Field::kSourcePort: packet.source_port = word; break;
    case Field::kIcmp:
      packet.icmp_type = static_cast<std::uint8_t>(word >> 8U);
      packet.icmp_code = byte;
      break;
    case Field::kFragment: packet.is_fragment = value.low != 0; break;
    case Field::kTcpFlags: packet.tcp_flags = byte; break;
    case Field::kTcpOptions: packet.tcp_option_kinds = byte; break;
    case Field::kTtl: packet.ttl = byte; break;
    case Field::kTos: packet.tos = byte; break;
    case Field::kLength: packet.length = word; break;
    case Field::kMark: encounter.mark = static_cast<std::uint32_t>(value.low); break;
    case Field::kSourceMac: {
      Mac mac{};
      for (std::size_t i = mac.size(); i-- > 0; value.low >>= 8U)
        mac[i] = static_cast<std::uint8_t>(value.low);
      packet.source_mac = mac;
      break;
    }
    case Field::kPacketType: encounter.type = static_cast<PacketType>(byte); break;
    case Field::kUid:
    case Field::kGid: {
      auto owner = encounter.owner.value_or(SocketOwner());
      (field == Field::kUid ? owner.uid : owner.gid) = static_cast<std::uint32_t>(value.low);
      encounter.owner = owner;
      break;
    }
  }
}

}  // namespace pyfw
