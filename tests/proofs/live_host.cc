#include "live_host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

#include "ask/verdict_words.h"
#include "differential/library.h"
#include "netlink/listeners.h"
#include "netlink/netlink_facts.h"
#include "prove/spans.h"
#include "sys/host_settings.h"
#include "sys/process.h"

namespace pyfw::proofs {
namespace {

using differential::Emerged;
using differential::KernelPath;
using differential::Setting;
using differential::Shipment;
using differential::Topology;

constexpr std::uint8_t kEchoRequest = 8;
constexpr std::uint8_t kEchoReply = 0;
constexpr std::uint8_t kEchoRequest6 = 128;
constexpr std::uint8_t kEchoReply6 = 129;

// Each refusal is heard, however many there are, and nothing is said twice.
const std::vector<Setting> kTalkative = {{.name = "ipv4/icmp_ratemask", .value = "0"},
                                         {.name = "ipv6/icmp/ratemask", .value = "255"},
                                         {.name = "ipv4/tcp_synack_retries", .value = "0"},
                                         {.name = "ipv4/tcp_invalid_ratelimit", .value = "0"}};

bool is_echo(const Packet& packet) {
  return (packet.protocol == kIcmp && packet.icmp_type == kEchoRequest) ||
         (packet.protocol == kIcmp6 && packet.icmp_type == kEchoRequest6);
}

bool is_first(const Packet& packet) {
  return packet.protocol == kUdp || is_echo(packet) ||
         (packet.protocol == kTcp && (packet.tcp_flags & (kSyn | kAck | kRst)) == kSyn);
}

bool is_icmp_error(const Packet& packet) {
  constexpr std::array kErrors = {3, 11, 12};
  if (packet.protocol == kIcmp) return std::ranges::find(kErrors, packet.icmp_type) != kErrors.end();
  return packet.protocol == kIcmp6 && packet.icmp_type < kEchoRequest6;
}

Packet answer_to(const Packet& request) {
  Packet out{.source = request.destination,
             .destination = request.source,
             .protocol = request.protocol,
             .icmp_id = request.icmp_id};
  if (has_ports(request.protocol)) {
    out.source_port = request.destination_port;
    out.destination_port = request.source_port;
  }
  if (request.protocol == kTcp) out.tcp_flags = kSyn | kAck;
  if (request.protocol == kIcmp) out.icmp_type = kEchoReply;
  if (request.protocol == kIcmp6) out.icmp_type = kEchoReply6;
  return out;
}

// Or none, where it says nothing to the one who asked.
std::optional<FlowOutcome> said_by(const Packet& packet, const Packet& request) {
  if (packet.destination != request.source) return {};
  if (is_icmp_error(packet)) return FlowOutcome::kRefused;
  auto wanted = answer_to(request);
  if (packet.source != wanted.source || packet.protocol != wanted.protocol ||
      packet.source_port != wanted.source_port || packet.destination_port != wanted.destination_port ||
      packet.icmp_type != wanted.icmp_type)
    return {};
  if (packet.protocol == kTcp && (packet.tcp_flags & kRst) != 0) return FlowOutcome::kRefused;
  if (packet.protocol == kTcp && packet.tcp_flags != wanted.tcp_flags) return {};
  return FlowOutcome::kWorks;
}

bool take_answer(const KernelPath& path, const Packet& request, Played& played) {
  for (const auto& emerged : path.emerged)
    if (auto outcome = said_by(emerged.packet, request)) {
      played.outcome = *outcome;
      played.answer = emerged.packet;
      return true;
    }
  return false;
}

}  // namespace

std::string in_words(const Played& played) {
  auto out = std::string(word_of(played.outcome));
  if (played.reached) out += "; reached another host as " + differential::in_words(*played.reached);
  if (played.answer) out += "; the sender got " + differential::in_words(*played.answer);
  return out;
}

Result<LiveHost> LiveHost::build(Plan plan) {
  auto& settings = plan.topology.settings;
  settings.insert(settings.end(), kTalkative.begin(), kTalkative.end());
  TRY(auto stage, differential::Stage::build(plan.topology, differential::HostItself::kAnswers));
  Fd network(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!network.valid()) return system_error("open /proc/thread-self/ns/net");
  LiveHost out(std::move(stage), std::move(network), plan.topology);
  TRY(out.servers_, Servers::open(plan.topology.own));
  TRY(auto loaded, out.stage_.load(plan.rules));
  TRY(auto facts, read_routing_facts());
  facts.settings = read_settings();
  TRY(facts.listeners, read_listeners());
  facts.docker = std::move(plan.docker);
  out.scene_ = std::make_unique<const Scene>(differential::state_of(loaded, facts));
  return out;
}

bool LiveHost::is_on_bridge(const Ip& ip) const {
  for (const auto& interface : scene_->state.facts.interfaces)
    for (const auto& address : interface.addresses)
      if (interface.kind == "bridge" && address.ip.family() == ip.family() && address.ip != ip &&
          ip.masked(address.length) == address.ip.masked(address.length))
        return true;
  return false;
}

// Whom nobody knows is behind the last port.
std::size_t LiveHost::home_of(const Ip& ip) const {
  auto known = std::ranges::find(topology_.neighbours, ip, &differential::Neighbour::ip);
  return known != topology_.neighbours.end() ? known->wire : topology_.wires.size() - 1;
}

std::size_t LiveHost::other_port(std::size_t wire) const {
  for (std::size_t i = 0; i < topology_.wires.size(); ++i)
    if (i != wire && topology_.wires[i].bridge == topology_.wires[wire].bridge) return i;
  return wire;
}

// On a bridge nobody is behind the port of the one whom it asks.
std::size_t LiveHost::wire_of(const Arrival& request) const {
  const auto& wires = topology_.wires;
  auto wire = std::ranges::find(wires, request.in_interface, &differential::Wire::interface);
  auto index = static_cast<std::size_t>(wire - wires.begin());
  if (wire->bridge.empty()) return index;
  const auto& packet = request.packet;
  auto home = is_on_bridge(packet.source) ? home_of(packet.source) : index;
  bool is_bridged = is_on_bridge(packet.destination) && home_of(packet.destination) == home;
  return is_bridged ? other_port(home) : home;
}

// A bridge hands on by itself what is for one of its own network.
std::optional<Mac> LiveHost::mac_towards(const Ip& destination, std::size_t wire,
                                         std::size_t bridged_to) const {
  if (topology_.wires[wire].bridge.empty() || !is_on_bridge(destination)) return {};
  return topology_.wires[bridged_to].far_mac;
}

Result<void> LiveHost::introduce(const Ip& ip, std::size_t wire) {
  const auto& at = topology_.wires[wire];
  if (at.bridge.empty() || !is_on_bridge(ip)) return {};
  TRY(auto done, run({"/usr/sbin/ip", "neigh", "replace", ip.to_string(), "lladdr",
                      differential::to_string(at.far_mac), "dev", at.bridge, "nud", "permanent"},
                     {.in_child = [here = network_.get()] { return setns(here, CLONE_NEWNET) == 0; }}));
  if (done.status != 0) return fail("ip: " + done.err);
  return {};
}

Result<KernelPath> LiveHost::send(const Shipment& shipment) {
  TRY(auto path, stage_.send(shipment));
  TRY_VOID(servers_->answer());
  TRY(auto later, stage_.listen());
  path.emerged.insert(path.emerged.end(), later.emerged.begin(), later.emerged.end());
  return path;
}

Result<Played> LiveHost::play(const Arrival& request) {
  const auto& packet = request.packet;
  if (std::ranges::find(topology_.wires, request.in_interface, &differential::Wire::interface) ==
      topology_.wires.end())
    return fail("nothing comes in by " + request.in_interface);
  if (!is_first(packet)) return fail("it is no first packet: " + differential::in_words(packet));
  auto wire = wire_of(request);
  TRY_VOID(introduce(packet.source, topology_.wires[wire].bridge.empty() ? home_of(packet.source) : wire));
  if (is_on_bridge(packet.destination)) TRY_VOID(introduce(packet.destination, home_of(packet.destination)));
  TRY(auto there, send({.sent = {.packet = packet},
                        .wire = wire,
                        .to_mac = mac_towards(packet.destination, wire, home_of(packet.destination))}));
  Played out;
  if (take_answer(there, packet, out)) return out;
  auto reached = std::ranges::find_if(there.emerged, [&](const Emerged& emerged) {
    return emerged.packet.protocol == packet.protocol && is_first(emerged.packet);
  });
  if (reached == there.emerged.end()) return out;
  out.reached = reached->packet;
  auto reply = answer_to(reached->packet);
  auto from = static_cast<std::size_t>(
      std::ranges::find(topology_.wires, reached->interface, &differential::Wire::name) -
      topology_.wires.begin());
  auto back = reply.destination == packet.source ? wire : home_of(reply.destination);
  TRY(auto home, send({.sent = {.packet = reply, .tcp_acknowledged = 1001},
                       .wire = from,
                       .to_mac = mac_towards(reply.destination, from, back),
                       .keeps_connections = true}));
  take_answer(home, packet, out);
  return out;
}

}  // namespace pyfw::proofs
