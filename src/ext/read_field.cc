#include "ext/read_field.h"

#include <algorithm>
#include <array>
#include <span>

#include "net/address_kinds.h"

namespace pyfw {
namespace {

constexpr Reading kAbsent{.is = Reading::Is::kAbsent};
constexpr Reading kUnknown{.is = Reading::Is::kUnknown};

constexpr Reading there(std::uint32_t value) { return {.value = value}; }

bool is_icmp(std::uint8_t protocol) { return protocol == kIcmp || protocol == kIcmp6; }

std::uint32_t state_bits(const Encounter& encounter) {
  std::uint32_t bits = 0;
  switch (encounter.state) {
    case CtState::kInvalid: bits = kStateInvalid; break;
    case CtState::kNew: bits = kStateNew; break;
    case CtState::kEstablished: bits = kStateEstablished; break;
    case CtState::kRelated: bits = kStateRelated; break;
    case CtState::kUntracked: bits = kStateUntracked; break;
  }
  if (encounter.connection && encounter.connection->has_snat) bits |= kStateSnat;
  if (encounter.connection && encounter.connection->has_dnat) bits |= kStateDnat;
  return bits;
}

// What xt_pkttype takes a looped-back packet for.
PacketType packet_type(const Encounter& encounter) {
  if (encounter.type != PacketType::kLoopback) return encounter.type;
  return is_multicast(encounter.packet.destination) ? PacketType::kMulticast : PacketType::kBroadcast;
}

Reading read_connection(NumberField field, const Encounter& encounter) {
  if (!encounter.connection) return kAbsent;
  const auto& connection = *encounter.connection;
  switch (field) {
    case NumberField::kCtStatus: return there(connection.status);
    case NumberField::kCtDirection: return there(connection.is_reply ? 1 : 0);
    case NumberField::kCtProtocol: return there(connection.original.protocol);
    case NumberField::kOriginalSourcePort: return there(connection.original.source_port);
    case NumberField::kOriginalDestinationPort: return there(connection.original.destination_port);
    case NumberField::kReplySourcePort: return there(connection.reply.source_port);
    case NumberField::kReplyDestinationPort: return there(connection.reply.destination_port);
    default: return there(connection.mark);
  }
}

Reading read_owner(NumberField field, const Encounter& encounter) {
  if (field == NumberField::kSocket) return there(encounter.owner ? 1 : 0);
  if (!encounter.owner || encounter.owner->is_kernel) return kAbsent;
  const auto& id = field == NumberField::kUid ? encounter.owner->uid : encounter.owner->gid;
  return id ? there(*id) : kUnknown;
}

// The lower half of the address is the MAC with ff:fe in its middle and its second bit turned (RFC 4291).
Reading read_eui64(const Encounter& encounter) {
  Mac mac{};
  auto is = read_source_mac(encounter, mac);
  if (is != Reading::Is::kThere) return {.is = is};
  std::array<std::uint8_t, 8> expected = {mac[0], mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
  expected[0] ^= 2;
  return there(std::ranges::equal(expected, std::span(encounter.packet.source.bytes()).subspan(8)) ? 1 : 0);
}

}  // namespace

Reading read_number(NumberField field, const Encounter& encounter) {
  const auto& packet = encounter.packet;
  switch (field) {
    case NumberField::kProtocol: return there(packet.protocol);
    case NumberField::kFragment: return there(packet.is_fragment ? 1 : 0);
    case NumberField::kSourcePort:
      return packet.is_fragment || !has_ports(packet.protocol) ? kAbsent : there(packet.source_port);
    case NumberField::kDestinationPort:
      return packet.is_fragment || !has_ports(packet.protocol) ? kAbsent : there(packet.destination_port);
    case NumberField::kTcpFlags:
      return packet.is_fragment || packet.protocol != kTcp ? kAbsent : there(packet.tcp_flags);
    case NumberField::kTcpOptions:
      return packet.is_fragment || packet.protocol != kTcp ? kAbsent : there(packet.tcp_option_kinds);
    case NumberField::kIcmp:
      return packet.is_fragment || !is_icmp(packet.protocol)
                 ? kAbsent
                 : there(packet.icmp_type * 256U + packet.icmp_code);
    case NumberField::kTtl: return there(packet.ttl);
    case NumberField::kTos: return there(packet.tos);
    case NumberField::kLength: return there(packet.length);
    case NumberField::kMark: return there(encounter.mark);
    case NumberField::kPacketType: return there(static_cast<std::uint32_t>(packet_type(encounter)));
    case NumberField::kPhysicalInterfaces:
      return there((encounter.physical_in.empty() ? 0U : 1U) |
                   (encounter.is_bridged || !encounter.physical_out.empty() ? 2U : 0U));
    case NumberField::kCtState: return there(state_bits(encounter));
    case NumberField::kSocket:
    case NumberField::kUid:
    case NumberField::kGid: return read_owner(field, encounter);
    case NumberField::kSourceIsEui64: return read_eui64(encounter);
    default: return read_connection(field, encounter);
  }
}

const Ip* read_address(AddressField field, const Encounter& encounter) {
  if (field == AddressField::kSource) return &encounter.packet.source;
  if (field == AddressField::kDestination) return &encounter.packet.destination;
  if (!encounter.connection) return nullptr;
  const auto& connection = *encounter.connection;
  switch (field) {
    case AddressField::kOriginalSource: return &connection.original.source;
    case AddressField::kOriginalDestination: return &connection.original.destination;
    case AddressField::kReplySource: return &connection.reply.source;
    default: return &connection.reply.destination;
  }
}

Reading::Is read_source_mac(const Encounter& encounter, Mac& mac) {
  bool came_in = encounter.hook == Hook::kPrerouting || encounter.hook == Hook::kInput ||
                 encounter.hook == Hook::kForward;
  if (!came_in || encounter.in_interface == "lo") return Reading::Is::kAbsent;
  if (!encounter.packet.source_mac) return Reading::Is::kUnknown;
  mac = *encounter.packet.source_mac;
  return Reading::Is::kThere;
}

}  // namespace pyfw
