#include "trace/bridge.h"

#include <algorithm>
#include <utility>

#include "base/contains.h"
#include "net/address_kinds.h"

namespace pyfw {
namespace {

bool is_port_of(const CompiledHost& host, std::string_view port, std::string_view bridge) {
  const auto* interface = host.interface(port);
  return interface != nullptr && interface->bridge == bridge;
}

// A frame for another port goes there by its MAC address; who sends it takes that of the bridge only for what
// is not on the bridge's own network.
bool stays_within(const Journey& journey, std::string_view bridge) {
  switch (journey.arrival.frame_for) {
    case FrameFor::kHost: return false;
    case FrameFor::kBridge: return true;
    case FrameFor::kDerived: break;
  }
  const auto& destination = journey.now.packet.destination;
  if (journey.now.type != PacketType::kUnicast || journey.host.routes.is_local(destination)) return false;
  const auto* own = journey.host.interface(bridge);
  return own != nullptr && std::ranges::any_of(own->addresses, [&](const Prefix& address) {
           return covers(address, destination);
         });
}

// Whether the hooks of IP see what a bridge carries. Where nobody has looked it is put as a question if much
// hangs on it; else it is as Docker wants it.
bool calls_iptables(Journey& journey, bool stays) {
  const auto& settings = journey.host.facts.settings;
  bool is_ipv4 = journey.family() == Family::kIpv4;
  if (settings) return is_ipv4 ? settings->bridge_nf_call_iptables : settings->bridge_nf_call_ip6tables;
  return !stays ||
         ask(journey, is_ipv4 ? "net.bridge.bridge-nf-call-iptables" : "net.bridge.bridge-nf-call-ip6tables");
}

void end_at(Journey& journey, const std::string& port) {
  journey.has_ended = true;
  journey.path.ending = {
      .kind = EndKind::kForwarded, .interface = port, .next_hop = journey.now.packet.destination};
}

// From port to port, through the hooks of IP but without routing.
void go_across(Journey& journey, const std::string& bridge, const std::string& port) {
  auto& now = journey.now;
  now.out_interface = bridge;
  now.physical_out = port;
  now.is_bridged = true;
  if (!pass_hook(journey, Hook::kForward)) return;
  now.in_interface.clear();
  if (pass_hook(journey, Hook::kPostrouting)) end_at(journey, port.empty() ? bridge : port);
}

// Nobody but the bridge sees it.
void pass_unseen(Journey& journey, const std::string& bridge, const std::string& port) {
  journey.now.out_interface = bridge;
  journey.now.is_bridged = true;
  end_at(journey, port.empty() ? bridge : port);
}

// br_flood(): what is for everyone goes to each port but that it came by, before the host takes its own.
void flood(Journey& journey, const std::string& bridge, const std::string& came_by,
           void (&go)(Journey&, const std::string& bridge, const std::string& port)) {
  if (journey.now.type == PacketType::kUnicast || journey.arrival.frame_for != FrameFor::kDerived) return;
  for (const auto& port : journey.host.facts.interfaces) {
    if (port.bridge != bridge || !port.is_up || port.name == came_by) continue;
    auto packet = journey.now;
    go(journey, bridge, port.name);
    end_copy(journey, std::move(packet));
  }
}

// Whether what NAT has translated goes back to the port that it came by. Who is behind which port, only
// Docker tells.
bool turns_round(Journey& journey, const std::string& bridge) {
  const auto& now = journey.now;
  const auto& destination = now.packet.destination;
  if (destination == now.packet.source) return true;
  if (now.physical_in.empty()) return false;
  if (journey.host.facts.docker) return port_towards(journey.host, bridge, destination) == now.physical_in;
  return ask(journey, "whether " + destination.to_string() + " is behind " + now.physical_in + " too");
}

// should_deliver() in br_forward.c. Docker sets the mode where it starts no proxies.
bool hairpins(Journey& journey, const std::string& bridge) {
  if (const auto& docker = journey.host.facts.docker;
      docker && !port_towards(journey.host, bridge, journey.now.packet.destination).empty())
    return !docker->userland_proxy;
  return ask(journey, "whether the port of " + bridge + " is in hairpin mode");
}

// br_nf_pre_routing() and its finish: what NAT gave another destination is routed at once, and where that
// leads back into the bridge, it goes from port to port.
BridgeWay pass_hooks(Journey& journey, const std::string& bridge, bool stays) {
  auto& now = journey.now;
  auto destination = now.packet.destination;
  if (!pass_hook(journey, Hook::kPrerouting)) return BridgeWay::kEnded;
  if (now.packet.destination != destination) {
    if (!route_arrived(journey)) return BridgeWay::kEnded;
    if (journey.way.out_interface != bridge || journey.way.type != RouteType::kUnicast)
      return BridgeWay::kRouted;
    if (turns_round(journey, bridge) && !hairpins(journey, bridge)) {
      drop(journey, DropReason::kNoHairpin);
      return BridgeWay::kEnded;
    }
  } else if (!stays) {
    flood(journey, bridge, now.physical_in, go_across);
    return BridgeWay::kHooked;
  }
  go_across(journey, bridge, port_towards(journey.host, bridge, now.packet.destination));
  return BridgeWay::kEnded;
}

}  // namespace

std::string bridge_of(const CompiledHost& host, std::string_view interface) {
  const auto* found = host.interface(interface);
  if (found == nullptr) return {};
  if (!found->bridge.empty()) return found->bridge;
  bool has_ports = std::ranges::any_of(host.facts.interfaces,
                                       [&](const Interface& port) { return port.bridge == interface; });
  return found->kind == "bridge" || has_ports ? found->name : std::string();
}

std::string port_towards(const CompiledHost& host, std::string_view bridge, const Ip& ip) {
  if (!host.facts.docker) return {};
  for (const auto& container : host.facts.docker->containers) {
    if (!contains(container.addresses, ip, &ContainerAddress::ip)) continue;
    for (const auto& port : container.interfaces)
      if (is_port_of(host, port, bridge)) return port;
  }
  return {};
}

BridgeWay pass_bridge(Journey& journey) {
  auto& now = journey.now;
  auto bridge = bridge_of(journey.host, now.in_interface);
  if (bridge.empty()) return BridgeWay::kNone;
  auto port =
      now.in_interface != bridge ? now.in_interface : port_towards(journey.host, bridge, now.packet.source);
  now.in_interface = bridge;
  bool stays = stays_within(journey, bridge);
  if (calls_iptables(journey, stays)) {
    now.physical_in = port;
    return pass_hooks(journey, bridge, stays);
  }
  if (!stays) {
    flood(journey, bridge, port, pass_unseen);
    return BridgeWay::kNone;
  }
  pass_unseen(journey, bridge, port_towards(journey.host, bridge, now.packet.destination));
  return BridgeWay::kEnded;
}

}  // namespace pyfw
