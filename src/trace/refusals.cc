#include "trace/refusals.h"

#include <algorithm>

#include "ext/target_values.h"
#include "net/address_kinds.h"
#include "trace/answers.h"
#include "trace/bridge.h"
#include "trace/conntrack.h"

namespace pyfw {
namespace {

bool is_own(const Leg& leg) { return leg.in_interface.empty() || leg.in_interface == "lo"; }

// What the kernel makes for a packet belongs to that packet's connection (nf_ct_attach()).
void attach(Arrival& arrival, const Path& path) {
  if (!path.last.connection) return;
  arrival.state = CtState::kRelated;
  arrival.is_kernels_answer = true;
  arrival.connection = path.last.connection;
  arrival.connection->is_reply = !arrival.connection->is_reply;
}

std::optional<Arrival> icmp_error(const TracedHost& host, const Path& path, IcmpKind kind) {
  const auto& packet = path.last.packet;
  // Of what was for the host itself it tells by the address that was asked, else by its own towards the
  // sender.
  std::optional<Ip> source;
  if (is_local_address(host, packet.destination)) source = packet.destination;
  if (!source) source = own_source(host, packet.source);
  if (!source) return {};
  auto error = icmp_error_of(packet, kind.type, kind.code, *source);
  if (!error) return {};
  // icmp_send() has a socket of its own.
  Arrival arrival{.packet = *error, .owner = SocketOwner{.is_kernel = true}};
  attach(arrival, path);
  return arrival;
}

// The port that a bridge got it by, where the hooks of IP see what bridges carry: the kernel knows it. Where
// nobody else does, the bridge.
std::string bridge_port(const TracedHost& host, const Leg& leg) {
  if (const auto& port = leg.path.last.physical_in; !port.empty()) return port;
  const auto& settings = host.facts().settings;
  bool is_ipv4 = leg.packet.family() == Family::kIpv4;
  if (settings && !(is_ipv4 ? settings->bridge_nf_call_iptables : settings->bridge_nf_call_ip6tables))
    return {};
  return bridge_of(host.compiled(), leg.in_interface);
}

// nf_send_reset(): so that the bridge's MAC address is not in it. NAT does not see it either. But a route
// there must be, too.
std::optional<Path> straight_back(const TracedHost& host, const std::string& port, const Packet& reset) {
  const auto& routes = host.compiled().routes;
  auto way = routes.look_up({.destination = reset.destination, .source = reset.source},
                            [](const RoutingRule&) { return false; });
  if (routes.knows(reset.family()) && !way.leads()) return {};
  Path back{.ending = {.kind = EndKind::kSent, .interface = port}};
  back.last.packet = reset;
  return back;
}

const Reject* reject_of(const TracedHost& host, const RuleRef& rule) {
  return std::get_if<Reject>(&host.compiled().rules[rule.chain][rule.rule].compiled.target);
}

IcmpKind kind_for(DropReason reason, Family family) {
  bool is_ipv4 = family == Family::kIpv4;
  switch (reason) {
    case DropReason::kTtl: return is_ipv4 ? IcmpKind{11, 0} : IcmpKind{3, 0};
    case DropReason::kProhibit: return is_ipv4 ? IcmpKind{3, 13} : IcmpKind{1, 1};
    case DropReason::kStaysOnLink: return {1, 2};
    case DropReason::kNoRoute: return is_ipv4 ? IcmpKind{3, 0} : IcmpKind{1, 0};
    default: return is_ipv4 ? IcmpKind{3, 1} : IcmpKind{1, 3};
  }
}

}  // namespace

Refusal refusal_by_rule(const TracedHost& host, const Leg& leg) {
  const auto& path = leg.path;
  const auto* reject = reject_of(host, *path.ending.rule);
  if (reject == nullptr) return {};
  auto kind = icmp_kind(reject->with);
  if (kind) return {.arrival = icmp_error(host, path, *kind)};
  auto reset = reset_of(path.last.packet);
  if (!reset) return {};
  if (auto port = bridge_port(host, leg); !port.empty())
    return {.straight = straight_back(host, port, *reset)};
  Arrival arrival{.packet = *reset, .has_any_source = true};
  attach(arrival, path);
  return {.arrival = arrival};
}

Refusal refusal_by_router(const TracedHost& host, const Leg& leg, DropReason reason) {
  if (is_own(leg)) return {.is_immediate = true};
  return {.arrival = icmp_error(host, leg.path, kind_for(reason, leg.packet.family()))};
}

Refusal refusal_by_receiver(const TracedHost& host, const Path& path) {
  const auto& packet = path.last.packet;
  if (packet.protocol == kTcp) {
    auto reset = reset_of(packet);
    if (!reset) return {};
    return {.arrival = arrival_of_answer(host, path, *reset)};
  }
  auto kind = port_unreachable(packet.family());
  if (path.ending.kind == EndKind::kDelivered) return {.arrival = icmp_error(host, path, kind)};
  auto error = icmp_error_of(packet, kind.type, kind.code, packet.destination);
  if (!error) return {};
  auto arrival = arrival_of_answer(host, path, *error);
  arrival.about = packet;
  return {.arrival = arrival};
}

Arrival arrival_of_answer(const TracedHost& host, const Path& path, const Packet& answer) {
  Arrival arrival{.packet = answer};
  if (path.ending.kind == EndKind::kDelivered) return arrival;
  const auto& last = path.last;
  arrival.in_interface = last.out_interface;
  auto port = last.physical_out;
  if (port.empty()) port = port_towards(host.compiled(), last.out_interface, last.packet.destination);
  if (!port.empty()) arrival.in_interface = port;
  if (last.is_bridged) arrival.frame_for = FrameFor::kBridge;
  return arrival;
}

std::optional<Arrival> arrival_of_proxy(const TracedHost& host, const Reception& reception,
                                        const Packet& request) {
  const auto& addresses = reception.container->addresses;
  auto of_family = std::ranges::find_if(
      addresses, [&](const ContainerAddress& address) { return address.ip.family() == request.family(); });
  if (of_family == addresses.end()) of_family = addresses.begin();
  if (of_family == addresses.end()) return {};
  auto source = own_source(host, of_family->ip);
  if (!source) return {};
  Packet packet{.source = *source,
                .destination = of_family->ip,
                .protocol = request.protocol,
                .source_port = kProxyPort,
                .destination_port = reception.container_port};
  packet.tcp_flags = request.tcp_flags;
  return Arrival{.packet = packet};
}

}  // namespace pyfw
