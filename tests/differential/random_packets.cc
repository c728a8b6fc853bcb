#include "random_packets.h"

#include <algorithm>
#include <vector>

#include "near.h"
#include "net/address_kinds.h"

namespace pyfw::differential {
namespace {

template <typename T>
std::vector<T> of_family(const std::vector<T>& all, Family family) {
  std::vector<T> out;
  for (const auto& one : all) {
    if constexpr (std::is_same_v<T, Ip>) {
      if (one.family() == family) out.push_back(one);
    } else {
      if (one.ip.family() == family) out.push_back(one);
    }
  }
  return out;
}

Ip random_destination(Dice& dice, const Topology& topology, Family family) {
  auto chance = dice.below(100);
  if (chance < 40) return dice.pick(of_family(topology.own, family));
  if (chance < 78) return dice.pick(of_family(topology.neighbours, family)).ip;
  if (chance < 92) return dice.pick(of_family(topology.beyond, family));
  return dice.pick(of_family(topology.odd, family));
}

Ip random_source(Dice& dice, const Topology& topology, const Neighbour& sender) {
  auto family = sender.ip.family();
  auto chance = dice.below(100);
  if (chance < 78) return sender.ip;
  if (chance < 86) return dice.pick(of_family(topology.beyond, family));
  if (chance < 94) return dice.pick(of_family(topology.neighbours, family)).ip;
  if (chance < 98) return dice.pick(of_family(topology.own, family));
  return dice.pick(of_family(topology.odd, family));
}

std::uint8_t random_flags(Dice& dice) {
  const std::vector<int> kFlags = {
      kSyn,        kSyn,        kSyn,        kSyn, kSyn,        kSyn, kSyn,
      kAck,        kSyn | kAck, kFin | kAck, kRst, kRst | kAck, 0,    kFin | kPsh | kUrg,
      kSyn | kFin, kPsh | kAck};
  return static_cast<std::uint8_t>(dice.pick(kFlags));
}

Packet about(Dice& dice, const Packet& error) {
  Packet out{.source = error.destination,
             .destination = error.source,
             .protocol = dice.chance(50) ? kTcp : kUdp,
             .source_port = static_cast<std::uint16_t>(dice.pick(Near::kPorts)),
             .destination_port = static_cast<std::uint16_t>(dice.pick(Near::kPorts)),
             .tcp_flags = kSyn};
  return out;
}

void make_icmp(Dice& dice, Sent& sent) {
  constexpr std::uint16_t kId = 7;
  auto& packet = sent.packet;
  if (packet.family() == Family::kIpv4) {
    const std::vector<int> kTypes = {8, 8, 8, 8, 0, 3, 3, 11, 13, 15, 17, 18, 42};
    packet.protocol = kIcmp;
    packet.icmp_type = static_cast<std::uint8_t>(dice.pick(kTypes));
    if (packet.icmp_type == 3) packet.icmp_code = static_cast<std::uint8_t>(dice.below(4));
    if (packet.icmp_type == 3 || packet.icmp_type == 11) sent.about = about(dice, packet);
    if (!sent.about) packet.icmp_id = kId;
    return;
  }
  const std::vector<int> kTypes = {128, 128, 128, 128, 129, 1, 1, 3, 135, 143, 139, 200};
  packet.protocol = kIcmp6;
  packet.icmp_type = static_cast<std::uint8_t>(dice.pick(kTypes));
  if (packet.icmp_type == 1) packet.icmp_code = static_cast<std::uint8_t>(dice.below(5));
  if (packet.icmp_type == 1 || packet.icmp_type == 3) sent.about = about(dice, packet);
  if (!sent.about) packet.icmp_id = kId;
}

void make_transport(Dice& dice, Sent& sent) {
  auto& packet = sent.packet;
  auto chance = dice.below(100);
  packet.source_port = static_cast<std::uint16_t>(dice.chance(60) ? 50000 : dice.pick(Near::kPorts));
  packet.destination_port = static_cast<std::uint16_t>(dice.pick(Near::kPorts));
  if (chance < 50) {
    packet.protocol = kTcp;
    packet.tcp_flags = random_flags(dice);
    if (dice.chance(25))
      packet.tcp_option_kinds = static_cast<std::uint8_t>(dice.chance(50) ? 1U << 2U : 0x1eU);
    if ((packet.tcp_flags & kAck) != 0) sent.tcp_acknowledged = 5000;
    return;
  }
  if (chance < 76) {
    packet.protocol = kUdp;
    return;
  }
  if (chance >= 90) {
    const std::vector<int> kOthers = {kSctp, kUdplite, kGre, kEsp, kDccp, 253};
    packet.protocol = static_cast<std::uint8_t>(dice.pick(kOthers));
    if (has_ports(packet.protocol)) return;
  }
  packet.source_port = packet.destination_port = 0;
  if (chance < 90) make_icmp(dice, sent);
}

void make_header(Dice& dice, Packet& packet) {
  const std::vector<int> kTtls = {64, 64, 64, 64, 63, 2, 1, 255};
  const std::vector<int> kTos = {0, 0, 0, 0x10, 0x08, 0xb8, 0x03};
  const std::vector<int> kLengths = {60, 60, 84, 100, 400};
  packet.ttl = static_cast<std::uint8_t>(dice.pick(kTtls));
  packet.tos = static_cast<std::uint8_t>(dice.pick(kTos));
  packet.length = static_cast<std::uint16_t>(dice.pick(kLengths));
}

// The frame that Ethernet makes of such a packet.
std::optional<Mac> mac_for(const Topology& topology, const Ip& to) {
  const auto& bytes = to.bytes();
  if (to.family() == Family::kIpv4 && bytes[0] >= 224 && bytes[0] < 240)
    return Mac{0x01, 0, 0x5e, static_cast<std::uint8_t>(bytes[1] & 0x7fU), bytes[2], bytes[3]};
  if (to.family() == Family::kIpv6 && bytes[0] == 0xff)
    return Mac{0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]};
  bool is_broadcast = to.family() == Family::kIpv4 && bytes[3] == 255 &&
                      std::ranges::find(topology.odd, to) != topology.odd.end();
  if (is_broadcast) return Mac{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  return {};
}

// As long as its headers are, at least.
void settle_length(Sent& sent) { sent.packet.length = packet_of(bytes_of(sent))->length; }

// Within a bridge's network one sends to the other's own address.
void send_to_port(const Topology& topology, Shipment& shipment) {
  const auto& wire = topology.wires[*shipment.wire];
  if (wire.bridge.empty()) return;
  for (const auto& neighbour : topology.neighbours)
    if (neighbour.ip == shipment.sent.packet.destination && neighbour.wire != *shipment.wire &&
        topology.wires[neighbour.wire].bridge == wire.bridge)
      shipment.to_mac = topology.wires[neighbour.wire].far_mac;
}

Shipment from_wire(Dice& dice, const Topology& topology, Family family) {
  auto sender = dice.pick(of_family(topology.neighbours, family));
  Shipment out{.wire = sender.wire};
  auto& packet = out.sent.packet;
  packet.source = random_source(dice, topology, sender);
  packet.destination = random_destination(dice, topology, family);
  // A bridge floods what is for everyone, and each copy has a way of its own.
  while (!topology.wires[sender.wire].bridge.empty() && mac_for(topology, packet.destination))
    packet.destination = random_destination(dice, topology, family);
  packet.source_mac = topology.wires[sender.wire].far_mac;
  if (dice.chance(5)) packet.source_mac = Mac{0x02, 0, 0, 0, 9, 9};
  out.to_mac = mac_for(topology, packet.destination);
  make_header(dice, packet);
  make_transport(dice, out.sent);
  settle_length(out.sent);
  send_to_port(topology, out);
  return out;
}

Shipment from_host(Dice& dice, const Topology& topology, Family family) {
  Shipment out;
  auto& packet = out.sent.packet;
  packet.source = dice.pick(of_family(topology.own, family));
  do {
    packet.destination = random_destination(dice, topology, family);
  } while (std::ranges::find(topology.odd, packet.destination) != topology.odd.end());
  make_header(dice, packet);
  packet.ttl = 64;
  make_transport(dice, out.sent);
  settle_length(out.sent);
  if (dice.chance(25)) out.mark = static_cast<std::uint32_t>(dice.between(1, 3));
  if (dice.chance(30)) out.uid = 1000;
  if (dice.chance(20)) out.gid = 100;
  return out;
}

// Where the packet came to in the end, and as what.
struct Received {
  Packet packet;
  std::optional<std::size_t> wire;  // none: the host itself
};

std::optional<Received> received(const Topology& topology, const KernelPath& path) {
  if (path.emerged.size() == 1) {
    const auto& last = path.emerged.front();
    for (std::size_t i = 0; i < topology.wires.size(); ++i)
      if (topology.wires[i].name == last.interface) return Received{.packet = last.packet, .wire = i};
    return {};
  }
  if (!path.emerged.empty() || path.passages.empty()) return {};
  const auto& last = path.passages.back();
  if (last.hook != Hook::kInput || !last.is_end) return {};
  return Received{.packet = last.packet, .wire = {}};
}

std::uint8_t answer_type(const Packet& packet) {
  if (packet.protocol == kIcmp6) return packet.icmp_type == 128 ? 129 : packet.icmp_type;
  return packet.icmp_type == 8 ? 0 : packet.icmp_type == 13 ? 14 : packet.icmp_type;
}

std::uint8_t answer_flags(Dice& dice, std::uint8_t flags) {
  if (flags == kSyn) return dice.chance(80) ? kSyn | kAck : kRst | kAck;
  return dice.chance(70) ? kAck : dice.chance(50) ? kFin | kAck : kRst;
}

Shipment from_receiver(const Topology& topology, const Received& by) {
  Shipment out{.wire = by.wire, .keeps_connections = true};
  out.sent.packet.source = by.packet.destination;
  out.sent.packet.destination = by.packet.source;
  if (by.wire) out.sent.packet.source_mac = topology.wires[*by.wire].far_mac;
  return out;
}

Shipment answer(Dice& dice, const Topology& topology, const Shipment& last, const Received& by) {
  auto out = from_receiver(topology, by);
  auto& packet = out.sent.packet;
  packet.protocol = by.packet.protocol;
  packet.source_port = by.packet.destination_port;
  packet.destination_port = by.packet.source_port;
  packet.icmp_type = answer_type(by.packet);
  packet.icmp_id = by.packet.icmp_id;
  if (packet.protocol == kTcp) {
    packet.tcp_flags = answer_flags(dice, by.packet.tcp_flags);
    out.sent.tcp_sequence = last.sent.tcp_acknowledged == 0 ? 5000 : last.sent.tcp_acknowledged;
    out.sent.tcp_acknowledged = last.sent.tcp_sequence + ((by.packet.tcp_flags & (kSyn | kFin)) != 0 ? 1 : 0);
  }
  return out;
}

Shipment error_about(Dice& dice, const Topology& topology, const Received& by) {
  auto out = from_receiver(topology, by);
  auto& packet = out.sent.packet;
  bool is_ipv4 = packet.family() == Family::kIpv4;
  packet.protocol = is_ipv4 ? kIcmp : kIcmp6;
  packet.icmp_type = is_ipv4 ? 3 : 1;
  packet.icmp_code = static_cast<std::uint8_t>(dice.below(4));
  out.sent.about = by.packet;
  return out;
}

bool is_error(const Packet& packet) {
  return (packet.protocol == kIcmp && (packet.icmp_type == 3 || packet.icmp_type == 11)) ||
         (packet.protocol == kIcmp6 && packet.icmp_type < 128);
}

}  // namespace

Shipment random_shipment(Dice& dice, const Topology& topology) {
  auto family = dice.chance(60) ? Family::kIpv4 : Family::kIpv6;
  auto out = dice.chance(75) ? from_wire(dice, topology, family) : from_host(dice, topology, family);
  // Linux 6.18 checks what comes in as if it were UDP, so that no right one is ever tracked.
  if (out.wire && out.sent.packet.protocol == kUdplite) out.sent.packet.protocol = kUdp;
  return out;
}

std::optional<Shipment> random_next(Dice& dice, const Topology& topology, const Shipment& last,
                                    const KernelPath& path) {
  auto by = received(topology, path);
  // A reset or a FIN is the end of it, SCTP's own story is another one, and UDP-Lite has none that comes in.
  auto protocol = last.sent.packet.protocol;
  if ((last.sent.packet.tcp_flags & (kRst | kFin)) != 0 || protocol == kSctp || protocol == kUdplite)
    return {};
  if (!by || dice.chance(20)) {
    auto again = last;
    again.keeps_connections = true;
    return again;
  }
  if (is_error(by->packet) || by->packet.is_fragment) return {};
  // Nobody answers from an address that is many hosts' or none's.
  if (std::ranges::find(topology.odd, by->packet.destination) != topology.odd.end()) return {};
  auto next = dice.chance(20) ? error_about(dice, topology, *by) : answer(dice, topology, last, *by);
  // An address of the link is the host's own on that link only.
  if (!next.wire && last.wire && is_link_local(next.sent.packet.source))
    next.bound_to = topology.wires[*last.wire].interface();
  if (next.wire) next.to_mac = mac_for(topology, next.sent.packet.destination);
  settle_length(next.sent);
  if (next.wire) send_to_port(topology, next);
  return next;
}

}  // namespace pyfw::differential
