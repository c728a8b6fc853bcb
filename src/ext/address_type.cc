#include "ext/address_type.h"

#include <algorithm>
#include <span>

#include "net/address_kinds.h"

namespace pyfw {
namespace {

bool is_ipv4_mapped(const Ip& ip) {
  const auto& bytes = ip.bytes();
  return std::ranges::all_of(std::span(bytes).first(10), [](std::uint8_t byte) { return byte == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

// 0.0.0.0/8, as a host without an address sends to everybody on its link.
bool asks_its_link(const Packet& packet) {
  const auto& to = packet.destination.bytes();
  bool to_all = std::ranges::all_of(std::span(to).first(4), [](std::uint8_t byte) { return byte == 0xff; });
  bool to_link = to[0] == 224 && to[1] == 0 && to[2] == 0;
  return packet.source.bytes()[0] == 0 && (to_all || to_link);
}

std::string_view limiting_interface(const AddressTypeIs& asked, const Encounter& encounter) {
  switch (asked.limit) {
    case AddressTypeIs::Limit::kInInterface: return encounter.in_interface;
    case AddressTypeIs::Limit::kOutInterface: return encounter.out_interface;
    case AddressTypeIs::Limit::kNone: break;
  }
  return {};
}

Answer is_routed_as(std::uint16_t types, const Ip& ip, std::string_view interface,
                    const Surroundings& surroundings) {
  auto type = surroundings.address_type(ip, interface);
  return type ? answer_of((*type & types) != 0) : Answer::kDepends;
}

// IPv6 takes several types together as a conjunction, and looks only some of them up (match_type6 in the
// kernel's xt_addrtype.c).
Answer is_of_type6(std::uint16_t types, const Ip& ip, std::string_view interface,
                   const Surroundings& surroundings) {
  bool is_unicast = !is_multicast(ip) && !is_any(ip) && !is_ipv4_mapped(ip);
  if ((types & kTypeMulticast) != 0 && !is_multicast(ip)) return Answer::kNo;
  if ((types & kTypeUnicast) != 0 && !is_unicast) return Answer::kNo;
  if ((types & kTypeUnspec) != 0 && !is_any(ip)) return Answer::kNo;
  constexpr std::uint16_t kLookedUp = kTypeLocal | kTypeAnycast | kTypeUnreachable;
  if ((types & kLookedUp) == 0) return Answer::kYes;
  return is_routed_as(types & kLookedUp, ip, interface, surroundings);
}

}  // namespace

Answer is_of_type(const AddressTypeIs& asked, const Encounter& encounter, const Surroundings& surroundings) {
  const auto& packet = encounter.packet;
  const Ip& ip = asked.field == AddressField::kSource ? packet.source : packet.destination;
  auto interface = limiting_interface(asked, encounter);
  auto answer = ip.family() == Family::kIpv6 ? is_of_type6(asked.types, ip, interface, surroundings)
                                             : is_routed_as(asked.types, ip, interface, surroundings);
  return inverted_if(asked.inverted, answer);
}

Answer passes_rpfilter(const PassesRpfilter& asked, const Encounter& encounter,
                       const Surroundings& surroundings) {
  const auto& packet = encounter.packet;
  auto found = [&] {
    if (encounter.in_interface == "lo" || encounter.type == PacketType::kLoopback) return Answer::kYes;
    bool has_no_address_yet =
        packet.family() == Family::kIpv6 ? is_any(packet.source) : asks_its_link(packet);
    if (has_no_address_yet) return Answer::kYes;
    auto passes = surroundings.passes_rpfilter({.source = packet.source,
                                                .destination = packet.destination,
                                                .in_interface = encounter.in_interface,
                                                .mark = asked.valid_mark ? encounter.mark : 0,
                                                .is_loose = asked.loose,
                                                .accepts_local = asked.accept_local});
    return passes ? answer_of(*passes) : Answer::kDepends;
  };
  return inverted_if(asked.inverted, found());
}

}  // namespace pyfw
