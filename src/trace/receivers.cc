#include "trace/receivers.h"

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "net/address_kinds.h"
#include "trace/compiled_host.h"
#include "trace/conntrack.h"

namespace pyfw {
namespace {

constexpr std::string_view kProxy = "docker-proxy";

bool is_answered_by_kernel(const Packet& packet) {
  return is_icmp(packet) && packet.icmp_type == (packet.family() == Family::kIpv4 ? 8 : 128);
}

bool is_at(const std::optional<Ip>& asked, const Ip& ip) {
  return !asked || (is_any(*asked) && asked->family() == ip.family()) || *asked == ip;
}

const Listener* listener_for(const std::vector<Listener>& listeners, const Path& path) {
  const auto& packet = path.last.packet;
  auto found = std::ranges::find_if(listeners, [&](const Listener& listener) {
    return listener.protocol == packet.protocol && listener.port == packet.destination_port &&
           listener.address.family() == packet.family() && is_at(listener.address, packet.destination) &&
           (listener.interface.empty() || listener.interface == path.last.in_interface);
  });
  return found == listeners.end() ? nullptr : &*found;
}

// The container that publishes the port, where a proxy serves it.
Reception published(const Docker& docker, const Packet& packet) {
  for (const auto& container : docker.containers)
    for (const auto& port : container.ports)
      if (port.protocol == packet.protocol && port.host_port == packet.destination_port &&
          is_at(port.host_ip, packet.destination))
        return {.receiver = Receiver::kDockerProxy,
                .name = container.name,
                .container = &container,
                .container_port = port.container_port};
  return {};
}

Reception local_receiver(const Facts& facts, const Path& path) {
  const auto& packet = path.last.packet;
  if (is_answered_by_kernel(packet)) return {.receiver = Receiver::kKernel};
  if (!has_ports(packet.protocol)) return {.receiver = Receiver::kAssumed};
  const auto* listener = facts.listeners ? listener_for(*facts.listeners, path) : nullptr;
  bool may_be_proxy = !facts.listeners || (listener != nullptr && listener->program.empty());
  bool is_proxy = listener != nullptr && listener->program == kProxy;
  if (facts.docker && (is_proxy || (may_be_proxy && facts.docker->userland_proxy)))
    if (auto found = published(*facts.docker, packet); found.container != nullptr) return found;
  if (is_proxy) return {.receiver = Receiver::kDockerProxy, .name = std::string(kProxy)};
  if (listener != nullptr) return {.receiver = Receiver::kListener, .name = listener->program};
  return {.receiver = facts.listeners ? Receiver::kNoListener : Receiver::kAssumed};
}

const Container* container_at(const Docker& docker, const Ip& ip) {
  auto found = std::ranges::find_if(docker.containers, [&](const Container& container) {
    return contains(container.addresses, ip, &ContainerAddress::ip);
  });
  return found == docker.containers.end() ? nullptr : &*found;
}

// Only of networks that the bridge driver makes does Docker know each address.
const DockerNetwork* network_of(const Docker& docker, const Ip& ip) {
  auto found = std::ranges::find_if(docker.networks, [&](const DockerNetwork& network) {
    return network.driver == "bridge" &&
           std::ranges::any_of(network.subnets, [&](const Prefix& subnet) { return covers(subnet, ip); });
  });
  return found == docker.networks.end() ? nullptr : &*found;
}

// Frames of these are carried past the host's hooks, or wrapped into other packets.
bool is_evaluated(const DockerNetwork& network) {
  constexpr std::array<std::string_view, 3> kNotEvaluated = {"macvlan", "ipvlan", "overlay"};
  return !contains(kNotEvaluated, network.driver);
}

Reception receiver_in(const Container& container, const Packet& packet) {
  Reception out{.receiver = Receiver::kAssumed, .name = container.name, .container = &container};
  if (is_answered_by_kernel(packet)) out.receiver = Receiver::kKernel;
  if (!has_ports(packet.protocol) || !container.listeners) return out;
  bool does_listen = std::ranges::any_of(*container.listeners, [&](const Container::Listening& listening) {
    return listening.protocol == packet.protocol && listening.port == packet.destination_port &&
           is_at(listening.address, packet.destination);
  });
  out.receiver = does_listen ? Receiver::kListener : Receiver::kNoListener;
  return out;
}

Reception receiver_beyond(const Facts& facts, const Path& path) {
  const auto& packet = path.last.packet;
  if (!facts.docker) return {.receiver = Receiver::kBeyond};
  if (const auto* container = container_at(*facts.docker, packet.destination); container != nullptr)
    return receiver_in(*container, packet);
  const auto* network = network_of(*facts.docker, packet.destination);
  bool is_beside = network != nullptr && !network->bridge.empty() &&
                   path.last.out_interface == network->bridge && !is_multicast(packet.destination);
  return {.receiver = is_beside ? Receiver::kNobody : Receiver::kBeyond};
}

}  // namespace

std::optional<std::string> unevaluated_network(const TracedHost& host, const Ip& ip) {
  if (!host.facts().docker) return {};
  const auto& docker = *host.facts().docker;
  const auto* container = container_at(docker, ip);
  if (container == nullptr) return {};
  auto own = std::ranges::find(container->addresses, ip, &ContainerAddress::ip);
  const auto* network = find_network(docker, own->network);
  if (network == nullptr || is_evaluated(*network)) return {};
  return "the network " + network->name + " (" + network->driver + "), which is not evaluated";
}

Reception receiver_of(const TracedHost& host, const Path& path) {
  const auto& facts = host.facts();
  return path.ending.kind == EndKind::kDelivered ? local_receiver(facts, path) : receiver_beyond(facts, path);
}

}  // namespace pyfw
