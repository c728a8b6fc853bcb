#include "trace/trace.h"

#include "net/address_kinds.h"
#include "trace/bridge.h"
#include "trace/journey.h"
#include "trace/kernel_settings.h"
#include "trace/own_addresses.h"

namespace pyfw {
namespace {

void end(Journey& journey, EndKind kind, std::string interface) {
  journey.has_ended = true;
  journey.path.ending = {.kind = kind, .interface = std::move(interface)};
}

void deliver(Journey& journey) {
  journey.now.out_interface.clear();
  if (pass_hook(journey, Hook::kInput)) end(journey, EndKind::kDelivered, journey.now.in_interface);
}

// ip_mc_output(): what is for everyone on a link comes to the host too, in by the interface that it leaves
// by.
void loop_copy(Journey& journey) {
  auto& now = journey.now;
  auto packet = now;
  now.owner.reset();
  if (pass_hook(journey, Hook::kPostrouting)) {
    now.in_interface = now.out_interface;
    now.out_interface.clear();
    now.type = PacketType::kLoopback;
    if (pass_hook(journey, Hook::kPrerouting)) deliver(journey);
  }
  end_copy(journey, std::move(packet));
}

bool is_broadcast(const Journey& journey) {
  return journey.family() == Family::kIpv4 && journey.way.out_interface != "lo" &&
         (journey.way.type == RouteType::kBroadcast || is_limited_broadcast(journey.now.packet.destination));
}

// Back in by the other side of lo: with its mark, its connection, and its route, which nobody asks for again.
void loop(Journey& journey) {
  journey.now.in_interface = "lo";
  journey.now.out_interface.clear();
  // NAT may have made it a group's, which ipv6_rcv() takes from nobody.
  if (journey.family() == Family::kIpv6 && is_multicast(journey.now.packet.source))
    return drop(journey, DropReason::kMartianSource);
  if (pass_hook(journey, Hook::kPrerouting)) deliver(journey);
}

void leave(Journey& journey, EndKind kind) {
  auto& now = journey.now;
  now.out_interface = journey.way.out_interface;
  if (kind == EndKind::kSent && is_broadcast(journey)) loop_copy(journey);
  if (!pass_hook(journey, Hook::kPostrouting)) return;
  if (journey.way.out_interface == "lo") return loop(journey);
  end(journey, kind, now.out_interface);
  journey.path.ending.next_hop = journey.way.gateway.value_or(now.packet.destination);
}

void drop_and_tell(Journey& journey, DropReason reason) {
  drop(journey, reason);
  journey.path.ending.is_told = true;
}

// ip_forward() and ip6_forward().
void forward(Journey& journey, BridgeWay way) {
  auto& now = journey.now;
  // What came to everyone is nobody's to hand on, even where NAT has made it one host's since.
  if (now.type != PacketType::kUnicast) return drop(journey, DropReason::kNotForUs);
  bool is_ipv6 = journey.family() == Family::kIpv6;
  // IPv4 was asked by its routing.
  if (is_ipv6 && !forwards(journey.host.facts, now.in_interface, Family::kIpv6))
    return drop(journey, DropReason::kNoForwarding);
  if (now.packet.ttl <= 1) return drop_and_tell(journey, DropReason::kTtl);
  // What is of the link stays there; but what a bridge's hooks have routed seems to have come in by where it
  // leaves.
  if (is_ipv6 && way != BridgeWay::kRouted && is_link_local(now.packet.source) &&
      journey.way.out_interface != now.in_interface)
    return drop_and_tell(journey, DropReason::kStaysOnLink);
  // The rules of FORWARD see it one less already.
  --now.packet.ttl;
  now.out_interface = journey.way.out_interface;
  if (pass_hook(journey, Hook::kForward)) leave(journey, EndKind::kForwarded);
}

void send(Journey& journey) {
  auto& now = journey.now;
  now.hook = Hook::kOutput;
  now.owner = journey.arrival.owner ? *journey.arrival.owner : SocketOwner{};
  if (journey.arrival.is_kernels_answer && journey.arrival.state && journey.arrival.connection) {
    now.state = *journey.arrival.state;
    now.connection = journey.arrival.connection;
  }
  if (!route_own(journey)) return;
  if (is_any(now.packet.source)) {
    RouteAnswer way{.type = journey.way.type, .route = journey.way.route ? &*journey.way.route : nullptr};
    if (auto source = source_for(journey.host, way, now.packet.destination)) now.packet.source = *source;
  }
  now.out_interface = journey.way.out_interface;
  if (pass_hook(journey, Hook::kOutput)) leave(journey, EndKind::kSent);
}

PacketType type_of(const Journey& journey) {
  const auto& destination = journey.now.packet.destination;
  if (is_multicast(destination)) return PacketType::kMulticast;
  bool is_broadcast = is_limited_broadcast(destination) ||
                      journey.host.routes.in_local_table(destination).type == RouteType::kBroadcast;
  return is_broadcast ? PacketType::kBroadcast : PacketType::kUnicast;
}

// What ipv6_rcv() throws away before its hook.
bool is_senseless(const Packet& packet) {
  return packet.family() == Family::kIpv6 && (is_loopback(packet.source) || is_loopback(packet.destination) ||
                                              is_multicast(packet.source) || is_any(packet.destination));
}

void arrive(Journey& journey) {
  auto& now = journey.now;
  now.hook = Hook::kPrerouting;
  const auto* interface = journey.host.interface(journey.arrival.in_interface);
  if (interface != nullptr && !interface->is_up) return drop(journey, DropReason::kInterfaceDown);
  now.in_interface = journey.arrival.in_interface;
  now.type = type_of(journey);
  auto way = pass_bridge(journey);
  if (way == BridgeWay::kEnded) return;
  // A bridge looks for nothing of the kind, and has the hook of PREROUTING before.
  if (is_senseless(now.packet)) return drop(journey, DropReason::kMartianSource);
  if (way == BridgeWay::kNone && !pass_hook(journey, Hook::kPrerouting)) return;
  if (way != BridgeWay::kRouted && !route_arrived(journey)) return;
  if (journey.way.type == RouteType::kUnicast) {
    forward(journey, way);
  } else {
    deliver(journey);
  }
}

}  // namespace

Path trace_packet(const TracedHost& host, const Arrival& arrival, const Choices& choices, Path reused) {
  reused.steps.clear();
  reused.views.clear();
  reused.translations.clear();
  reused.routings.clear();
  reused.questions.clear();
  reused.copies.clear();
  reused.ending = {};
  Journey journey{.host = host.compiled(), .arrival = arrival, .choices = choices, .path = std::move(reused)};
  auto& now = journey.now;
  now.packet = arrival.packet;
  now.mark = arrival.mark;
  now.state = CtState::kInvalid;
  // Where conntrack is, fragments are put together before any rule sees them.
  if (journey.host.tracks(now.packet.family())) now.packet.is_fragment = false;
  if (journey.is_own()) {
    send(journey);
  } else {
    arrive(journey);
  }
  journey.path.last = std::move(journey.now);
  return std::move(journey.path);
}

std::vector<Path> all_paths(const TracedHost& host, const Arrival& arrival, std::size_t limit) {
  std::vector<Path> paths;
  Choices choices;
  while (paths.size() < limit) {
    const auto& path = paths.emplace_back(trace_packet(host, arrival, choices));
    choices.answers.clear();
    for (const auto& question : path.questions) choices.answers.push_back(question.supposed);
    // The last question that was supposed to be a no becomes a yes.
    while (!choices.answers.empty() && choices.answers.back()) choices.answers.pop_back();
    if (choices.answers.empty()) break;
    choices.answers.back() = true;
  }
  return paths;
}

}  // namespace pyfw
