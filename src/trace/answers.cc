#include "trace/answers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/address_kinds.h"
#include "trace/conntrack.h"

namespace pyfw {
namespace {

Packet turned_round(const Packet& request) {
  Packet out{.source = request.destination, .destination = request.source, .protocol = request.protocol};
  if (has_ports(request.protocol)) {
    out.source_port = request.destination_port;
    out.destination_port = request.source_port;
  }
  return out;
}

}  // namespace

std::optional<Packet> answer_to(const Packet& request) {
  auto out = turned_round(request);
  if (is_icmp(request)) {
    auto type = icmp_answer(request.family(), request.icmp_type);
    if (!type) return {};
    out.icmp_type = *type;
    out.icmp_id = request.icmp_id;
  } else if (request.protocol == kTcp) {
    bool begins = (request.tcp_flags & (kSyn | kAck)) == kSyn;
    out.tcp_flags = begins ? kSyn | kAck : kAck;
  }
  return out;
}

std::optional<Packet> reset_of(const Packet& request) {
  if (request.protocol != kTcp || (request.tcp_flags & kRst) != 0) return {};
  auto out = turned_round(request);
  out.tcp_flags = (request.tcp_flags & kAck) != 0 ? kRst : kRst | kAck;
  out.length = request.family() == Family::kIpv4 ? 40 : 60;
  return out;
}

std::optional<Packet> icmp_error_of(const Packet& request, std::uint8_t type, std::uint8_t code,
                                    const Ip& source) {
  if (is_icmp_error(request) || request.is_fragment) return {};
  if (is_multicast(request.destination) || is_limited_broadcast(request.destination)) return {};
  if (is_any(request.source) || is_multicast(request.source)) return {};
  Packet out{.source = source,
             .destination = request.source,
             .protocol = request.family() == Family::kIpv4 ? kIcmp : kIcmp6,
             .icmp_type = type,
             .icmp_code = code};
  // As much of the packet goes along as there is room for (icmp_send(), icmp6_send()).
  bool is_ipv4 = request.family() == Family::kIpv4;
  out.length =
      static_cast<std::uint16_t>(std::min(request.length + (is_ipv4 ? 28 : 48), is_ipv4 ? 576 : 1280));
  return out;
}

IcmpKind port_unreachable(Family family) {
  return family == Family::kIpv4 ? IcmpKind{.type = 3, .code = 3} : IcmpKind{.type = 1, .code = 4};
}

std::optional<IcmpKind> icmp_kind(std::string_view reject_with) {
  constexpr std::array<std::pair<std::string_view, IcmpKind>, 13> kKinds = {{
      {"icmp-net-unreachable", {3, 0}},
      {"icmp-host-unreachable", {3, 1}},
      {"icmp-proto-unreachable", {3, 2}},
      {"icmp-port-unreachable", {3, 3}},
      {"icmp-net-prohibited", {3, 9}},
      {"icmp-host-prohibited", {3, 10}},
      {"icmp-admin-prohibited", {3, 13}},
      {"icmp6-no-route", {1, 0}},
      {"icmp6-adm-prohibited", {1, 1}},
      {"icmp6-addr-unreachable", {1, 3}},
      {"icmp6-port-unreachable", {1, 4}},
      {"icmp6-policy-fail", {1, 5}},
      {"icmp6-reject-route", {1, 6}},
  }};
  auto found = std::ranges::find(kKinds, reject_with, [](const auto& kind) { return kind.first; });
  if (found == kKinds.end()) return {};
  return found->second;
}

}  // namespace pyfw
