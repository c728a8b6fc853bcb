#include "ask/flows.h"

#include <fmt/format.h>

#include <algorithm>

#include "ask/ends.h"
#include "base/contains.h"
#include "net/address_kinds.h"
#include "net/protocol.h"
#include "wish/endpoint.h"

namespace pyfw {
namespace {

// Of the range that Linux takes by itself (ip_local_port_range).
constexpr std::uint16_t kSomePort = 50000;
constexpr std::uint8_t kEchoRequest = 8;
constexpr std::uint8_t kEchoRequest6 = 128;
constexpr std::size_t kMostFlows = 65536;

bool contains_ip(const Prefix& prefix, const Ip& ip) {
  return prefix.ip.family() == ip.family() && ip.masked(prefix.length) == prefix.ip;
}

bool is_network(const Endpoint& endpoint) { return endpoint.kind == Endpoint::Kind::kNetwork; }

class Flows {
 public:
  Flows(const Scene& scene, const PacketShape& shape) : scene_(scene), shape_(shape) {}

  Result<void> add(const Endpoint& from, const Endpoint& to) {
    if (!are_of_one_family(from, to)) return {};
    TRY(auto sources, sources_of(from, scene_));
    TRY(auto destinations, destinations_of(to, scene_));
    for (const auto& destination : destinations) {
      for (const auto& source : taken_for(sources, destination.ip)) {
        // Nobody outside can send to an address of the loopback.
        bool is_meant =
            to.kind == Endpoint::Kind::kAddress || source.is_local || !is_loopback(destination.ip);
        bool is_of_family = !source.ip || source.ip->family() == destination.ip.family();
        if (!is_meant || !is_of_family) continue;
        if (!is_to_itself(source, destination.ip)) {
          TRY_VOID(add_ports(source, destination, from, to));
        } else if (!is_network(from) && !is_network(to)) {  // where each is asked about the others
          return stays_inside(source, to);
        }
      }
    }
    return {};
  }

  Result<std::vector<Flow>> take() && { return std::move(flows_); }

 private:
  // A container sends from the network that its destination is in, else by a gateway.
  static std::vector<SourcePoint> taken_for(const std::vector<SourcePoint>& sources, const Ip& destination) {
    std::vector<SourcePoint> taken;
    for (const auto& source : sources) {
      auto is_nearer = [&](const SourcePoint& other) {
        if (other.container != source.container || !other.reach || !other.ip) return false;
        if (other.ip->family() != source.ip->family()) return false;
        return contains_ip(*other.reach, destination) || (!source.has_gateway && other.has_gateway);
      };
      bool is_near = !source.reach || contains_ip(*source.reach, destination);
      if (is_near || std::ranges::none_of(sources, is_nearer)) taken.push_back(source);
    }
    return taken;
  }

  // Whether a container's packet never leaves its own network namespace.
  [[nodiscard]] bool is_to_itself(const SourcePoint& source, const Ip& destination) const {
    if (source.container.empty() || source.is_local) return false;
    const auto& docker = scene_.traced.facts().docker;
    const auto* container = docker ? find_container(*docker, source.container) : nullptr;
    return is_loopback(destination) ||
           (container != nullptr && contains(container->addresses, destination, &ContainerAddress::ip));
  }

  static std::unexpected<Error> stays_inside(const SourcePoint& source, const Endpoint& to) {
    return bad_input(
        to.text.place,
        fmt::format("that is container {} itself, in whose network namespace it stays", source.container),
        fmt::format("ask there, with the source 'host': --netns container:{}", source.container));
  }

  Result<void> add_ports(const SourcePoint& source, const DestinationPoint& destination, const Endpoint& from,
                         const Endpoint& to) {
    auto protocol = protocol_between(from, to);
    bool is_ipv6 = destination.ip.family() == Family::kIpv6;
    if ((protocol == kIcmp && is_ipv6) || (protocol == kIcmp6 && !is_ipv6)) return {};
    auto address = source.ip ? source.ip : own_source(scene_.traced, destination.ip, shape_.mark);
    if (!address)
      return bad_input(to.text.place, fmt::format("no route leads to {}", destination.ip.to_string()));
    Flow flow{.packet = first_packet(destination.ip, protocol, to.ports ? to.ports->first : std::uint16_t{0}),
              .from = source.name,
              .to = destination.name,
              .container = source.container,
              .chooses_source = !source.ip,
              .mark = shape_.mark,
              .state = shape_.state};
    flow.packet.source = *address;
    (source.is_local ? flow.bound_to : flow.in_interface) = source.interface;
    if (!has_ports(protocol)) return add_one(std::move(flow));
    if (from.ports) flow.packet.source_port = from.ports->first;
    if (shape_.source_port) flow.packet.source_port = *shape_.source_port;
    for (unsigned port = to.ports->first; port <= to.ports->last; ++port) {
      flow.packet.destination_port = static_cast<std::uint16_t>(port);
      TRY_VOID(add_one(flow));
    }
    return {};
  }

  Result<void> add_one(Flow flow) {
    if (flows_.size() >= kMostFlows)
      return bad_input(fmt::format("these are more than {} flows", kMostFlows), "ask about fewer at once");
    auto& packet = flow.packet;
    if (shape_.is_icmp_given && (packet.protocol == kIcmp || packet.protocol == kIcmp6)) {
      packet.icmp_type = shape_.icmp_type;
      packet.icmp_code = shape_.icmp_code;
    }
    flows_.push_back(std::move(flow));
    return {};
  }

  const Scene& scene_;
  const PacketShape& shape_;
  std::vector<Flow> flows_;
};

Result<void> refuse_exceptions(const Endpoints& endpoints) {
  if (endpoints.except.empty()) return {};
  return bad_input(endpoints.place, "'all but' stands for more packets than can be followed one by one",
                   "name the addresses that matter, or ask it as an expectation: pyfw check");
}

}  // namespace

Packet first_packet(const Ip& destination, std::uint8_t protocol, std::uint16_t port) {
  Packet packet{.source = *Ip::parse(destination.family() == Family::kIpv4 ? "0.0.0.0" : "::"),
                .destination = destination,
                .protocol = protocol};
  if (has_ports(protocol)) {
    packet.source_port = kSomePort;
    packet.destination_port = port;
  }
  if (protocol == kTcp) packet.tcp_flags = kSyn;
  if (protocol == kIcmp) packet.icmp_type = kEchoRequest;
  if (protocol == kIcmp6) packet.icmp_type = kEchoRequest6;
  return packet;
}

Arrival arrival_of(const Flow& flow) {
  return {.packet = flow.packet,
          .in_interface = flow.in_interface,
          .mark = flow.mark,
          .bound_to = flow.bound_to,
          .state = flow.state};
}

std::string title_of(const Flow& flow) {
  const auto& packet = flow.packet;
  // The name of a destination that is no address has the address behind it.
  bool is_bare_ipv6 = packet.family() == Family::kIpv6 && flow.to.find('(') == std::string::npos;
  auto to = is_bare_ipv6 && has_ports(packet.protocol) ? "[" + flow.to + "]" : flow.to;
  if (has_ports(packet.protocol)) to += fmt::format(":{}", packet.destination_port);
  return fmt::format("{} to {}/{}", flow.from, to, name_of_protocol(packet.protocol));
}

Result<std::vector<Flow>> flows_between(const Endpoints& from, const Endpoints& to, const Scene& scene,
                                        const PacketShape& shape) {
  TRY_VOID(refuse_exceptions(from));
  TRY_VOID(refuse_exceptions(to));
  Flows flows(scene, shape);
  for (const auto& source : from.any_of)
    for (const auto& destination : to.any_of) TRY_VOID(flows.add(source, destination));
  TRY(auto found, std::move(flows).take());
  if (found.empty())
    return bad_input(from.place, "no packet goes from one end to the other",
                     "they have no family of addresses in common");
  return found;
}

}  // namespace pyfw
