#include "ask/ends.h"

#include <fmt/format.h>

#include <algorithm>

#include "ask/members.h"
#include "base/contains.h"
#include "base/strings.h"
#include "ext/set_element.h"
#include "prove/asked_set.h"
#include "prove/packet_space.h"

namespace pyfw {
namespace {

using Kind = Endpoint::Kind;

std::unexpected<Error> wrong_name(const Located& name, std::string message,
                                  const std::vector<std::string>& known) {
  std::vector<std::string_view> candidates(known.begin(), known.end());
  return bad_input(name.place, std::move(message), did_you_mean(name.text, candidates));
}

std::unexpected<Error> not_answered(const Endpoint& endpoint) {
  return bad_input(
      endpoint.text.place,
      fmt::format("'{}' stands for more addresses than can be asked one by one", endpoint.text.text),
      "name single addresses, or a set of them; `pyfw who` tells of everybody");
}

template <typename Range>
std::vector<std::string> names_of(const Range& range) {
  std::vector<std::string> names;
  for (const auto& element : range) names.push_back(element.name);
  return names;
}

Result<const Docker*> docker_of(const Endpoint& endpoint, const Scene& scene) {
  const auto& docker = scene.traced.facts().docker;
  if (docker) return &*docker;
  return bad_input(
      endpoint.text.place, "nothing is known of Docker here",
      "it is asked over /var/run/docker.sock, where pyfw runs as root; an address works without");
}

Result<const Container*> container_of(const Endpoint& endpoint, const Scene& scene) {
  TRY(const auto* docker, docker_of(endpoint, scene));
  const auto* container = find_container(*docker, endpoint.name.text);
  for (int hops = 0; container != nullptr && !container->in_network_of.empty() && hops < 8; ++hops)
    container = find_container(*docker, container->in_network_of);
  if (container == nullptr)
    return wrong_name(endpoint.name, fmt::format("no container is called '{}'", endpoint.name.text),
                      names_of(docker->containers));
  return container;
}

Result<const DockerNetwork*> network_of(const Endpoint& endpoint, const Scene& scene) {
  TRY(const auto* docker, docker_of(endpoint, scene));
  const auto* network = find_network(*docker, endpoint.name.text);
  if (network == nullptr)
    return wrong_name(endpoint.name, fmt::format("no network is called '{}'", endpoint.name.text),
                      names_of(docker->networks));
  return network;
}

bool is_in_namespace_of_host(const Container& container) { return container.network_mode == "host"; }

// An address of a container, and the network that it is in.
struct ContainerEnd {
  const Container* container;
  const ContainerAddress* address;
  const DockerNetwork* network;  // null where Docker does not tell
};

Result<ContainerEnd> end_of(const Container& container, const ContainerAddress& address,
                            const Endpoint& endpoint, const Docker& docker) {
  const auto* network = find_network(docker, address.network);
  if (network != nullptr && !network->driver.empty() && network->driver != "bridge")
    return bad_input(endpoint.text.place,
                     fmt::format("network '{}' is of the driver {}, whose traffic is not evaluated",
                                 network->name, network->driver));
  return ContainerEnd{.container = &container, .address = &address, .network = network};
}

Result<std::vector<ContainerEnd>> ends_of_container(const Endpoint& endpoint, const Container& container,
                                                    const Docker& docker) {
  std::vector<ContainerEnd> ends;
  for (const auto& address : container.addresses) {
    TRY(auto end, end_of(container, address, endpoint, docker));
    ends.push_back(end);
  }
  if (ends.empty())
    return bad_input(
        endpoint.name.place, fmt::format("container '{}' has no address", container.name),
        container.pid == 0 ? "it does not run" : "its network mode is " + container.network_mode);
  return ends;
}

Result<std::vector<ContainerEnd>> ends_of_network(const Endpoint& endpoint, const DockerNetwork& network,
                                                  const Docker& docker) {
  std::vector<ContainerEnd> ends;
  for (const auto& container : docker.containers) {
    for (const auto& address : container.addresses) {
      if (address.network != network.name) continue;
      TRY(auto end, end_of(container, address, endpoint, docker));
      ends.push_back(end);
    }
  }
  if (ends.empty())
    return bad_input(endpoint.name.place, fmt::format("no container runs in network '{}'", network.name));
  return ends;
}

Result<std::vector<ContainerEnd>> container_ends(const Endpoint& endpoint, const Scene& scene) {
  TRY(const auto* docker, docker_of(endpoint, scene));
  if (endpoint.kind == Kind::kNetwork) {
    TRY(const auto* network, network_of(endpoint, scene));
    return ends_of_network(endpoint, *network, *docker);
  }
  TRY(const auto* container, container_of(endpoint, scene));
  return ends_of_container(endpoint, *container, *docker);
}

// With host networking a container is a process of the host.
Result<bool> is_host(const Endpoint& endpoint, const Scene& scene) {
  if (endpoint.kind == Kind::kHost) return true;
  if (endpoint.kind != Kind::kContainer) return false;
  TRY(const auto* container, container_of(endpoint, scene));
  return is_in_namespace_of_host(*container);
}

Result<const Set*> set_of(const Endpoint& endpoint, const Scene& scene) {
  const auto* set = find_set(scene.state.state.sets, endpoint.name.text);
  if (set != nullptr) return set;
  return wrong_name(endpoint.name, fmt::format("no set is called '{}'", endpoint.name.text),
                    names_of(scene.state.state.sets));
}

Result<std::vector<Ip>> members_of(const Endpoint& endpoint, const Scene& scene) {
  TRY(const auto* set, set_of(endpoint, scene));
  auto addresses = single_addresses(*set);
  if (!addresses) addresses.error().place = endpoint.name.place;
  return addresses;
}

Result<Spans> spans_of_set(const Endpoint& endpoint, Family family, const Scene& scene) {
  TRY(const auto* set, set_of(endpoint, scene));
  auto spans = addresses_in(*set);
  if (!spans)
    return bad_input(endpoint.name.place,
                     fmt::format("set '{}' holds more than addresses and networks", set->name),
                     "name a set of the type hash:ip, hash:net or bitmap:ip");
  return layout_of(*set).family == family ? *spans : Spans();
}

std::string container_name(const Container& container, const Ip& ip) {
  return fmt::format("container {} ({})", container.name, ip.to_string());
}

std::string bridge_of(const ContainerEnd& end, const Scene& scene) {
  // One that hangs on a single veth is known to the port.
  bool is_alone = end.container->interfaces.size() == 1 && end.container->addresses.size() == 1;
  if (is_alone) return end.container->interfaces.front();
  if (end.network != nullptr && !end.network->bridge.empty()) return end.network->bridge;
  return entry_interface(scene.traced, end.address->ip).value_or("");
}

Result<void> check_interface(const Endpoint& endpoint, const Scene& scene) {
  const auto& interfaces = scene.traced.facts().interfaces;
  if (endpoint.interface.empty() || interfaces.empty() || contains(names_of(interfaces), endpoint.interface))
    return {};
  auto offset = endpoint.text.text.find('@' + endpoint.interface) + 1;
  Located name{.text = endpoint.interface, .place = endpoint.text.part(offset, endpoint.interface.size())};
  return wrong_name(name, fmt::format("no interface is called '{}'", name.text), names_of(interfaces));
}

Result<SourcePoint> source_at(const Ip& ip, const Endpoint& endpoint, const Scene& scene) {
  SourcePoint point{.ip = ip, .name = ip.to_string()};
  if (!endpoint.interface.empty()) {
    point.interface = endpoint.interface;
    return point;
  }
  if (is_local_address(scene.traced, ip)) {
    point.is_local = true;
    return point;
  }
  auto interface = entry_interface(scene.traced, ip);
  if (!interface)
    return bad_input(
        endpoint.text.place,
        fmt::format("no route leads back to {}, so nobody knows where it comes in", ip.to_string()),
        fmt::format("say by which interface: {}@eth0", ip.to_string()));
  point.interface = std::move(*interface);
  return point;
}

SourcePoint source_at(const ContainerEnd& end, const Endpoint& endpoint, const Scene& scene) {
  const auto& address = *end.address;
  return {.ip = address.ip,
          .interface = endpoint.interface.empty() ? bridge_of(end, scene) : endpoint.interface,
          .name = container_name(*end.container, address.ip),
          .container = end.container->name,
          .reach = Prefix{.ip = address.ip.masked(address.length), .length = address.length},
          .has_gateway = end.network == nullptr || !end.network->is_internal};
}

// fe80::/10: an address of a link means nothing without the link.
bool is_of_link(const Ip& ip) {
  return ip.family() == Family::kIpv6 && ip.bytes()[0] == 0xfe && (ip.bytes()[1] & 0xc0U) == 0x80;
}

std::vector<DestinationPoint> own_addresses(const std::string& name, const Scene& scene) {
  std::vector<DestinationPoint> points;
  for (const auto& interface : scene.traced.facts().interfaces) {
    for (const auto& address : interface.addresses) {
      bool is_known = std::ranges::find(points, address.ip, &DestinationPoint::ip) != points.end();
      if (!is_known && !is_of_link(address.ip))
        points.push_back({.ip = address.ip, .name = fmt::format("{} ({})", name, address.ip.to_string())});
    }
  }
  return points;
}

}  // namespace

Result<std::vector<SourcePoint>> sources_of(const Endpoint& endpoint, const Scene& scene) {
  TRY_VOID(check_interface(endpoint, scene));
  TRY(bool is_process, is_host(endpoint, scene));
  std::vector<SourcePoint> points;
  if (is_process)
    return std::vector{
        SourcePoint{.interface = endpoint.interface,
                    .is_local = true,
                    .name = endpoint.kind == Kind::kHost ? "host" : "container " + endpoint.name.text,
                    .container = endpoint.kind == Kind::kHost ? "" : endpoint.name.text}};
  switch (endpoint.kind) {
    case Kind::kAddress: {
      TRY(auto point, source_at(endpoint.prefix.ip, endpoint, scene));
      points.push_back(std::move(point));
      return points;
    }
    case Kind::kSet: {
      TRY(auto members, members_of(endpoint, scene));
      for (const auto& member : members) {
        TRY(auto point, source_at(member, endpoint, scene));
        points.push_back(std::move(point));
      }
      return points;
    }
    case Kind::kContainer:
    case Kind::kNetwork: {
      TRY(auto ends, container_ends(endpoint, scene));
      for (const auto& end : ends) points.push_back(source_at(end, endpoint, scene));
      return points;
    }
    case Kind::kHost:
    case Kind::kPrefix:
    case Kind::kAny: break;
  }
  return not_answered(endpoint);
}

Result<std::vector<DestinationPoint>> destinations_of(const Endpoint& endpoint, const Scene& scene) {
  TRY(bool is_process, is_host(endpoint, scene));
  std::vector<DestinationPoint> points;
  if (is_process) {
    points = own_addresses(endpoint.kind == Kind::kHost ? "host" : "container " + endpoint.name.text, scene);
    if (points.empty())
      return bad_input(endpoint.text.place, "nobody knows what addresses the host has",
                       "they are among the facts of `pyfw state`; name the address itself");
    return points;
  }
  switch (endpoint.kind) {
    case Kind::kAddress:
      return std::vector{DestinationPoint{.ip = endpoint.prefix.ip, .name = endpoint.prefix.ip.to_string()}};
    case Kind::kSet: {
      TRY(auto members, members_of(endpoint, scene));
      for (const auto& member : members) points.push_back({.ip = member, .name = member.to_string()});
      return points;
    }
    case Kind::kContainer:
    case Kind::kNetwork: {
      TRY(auto ends, container_ends(endpoint, scene));
      for (const auto& end : ends)
        points.push_back({.ip = end.address->ip, .name = container_name(*end.container, end.address->ip)});
      return points;
    }
    case Kind::kHost:
    case Kind::kPrefix:
    case Kind::kAny: break;
  }
  return not_answered(endpoint);
}

Result<Spans> source_spans_of(const Endpoint& endpoint, Family family, const Scene& scene) {
  TRY_VOID(check_interface(endpoint, scene));
  Spans out;
  auto add = [&](const Prefix& prefix) {
    if (prefix.ip.family() == family) out.push_back(span_of(prefix));
  };
  auto add_ip = [&](const Ip& ip) { add({.ip = ip, .length = address_bits(ip.family())}); };
  switch (endpoint.kind) {
    case Kind::kAny: add({.ip = ip_of(family, Point{}), .length = 0}); break;
    case Kind::kAddress:
    case Kind::kPrefix: add(endpoint.prefix); break;
    case Kind::kSet: return spans_of_set(endpoint, family, scene);
    case Kind::kNetwork: {
      TRY(const auto* network, network_of(endpoint, scene));
      for (const auto& subnet : network->subnets) add(subnet);
      break;
    }
    case Kind::kContainer: {
      TRY(auto sources, sources_of(endpoint, scene));
      for (const auto& source : sources)
        if (source.ip) add_ip(*source.ip);
      break;
    }
    case Kind::kHost:
      for (const auto& interface : scene.traced.facts().interfaces)
        for (const auto& address : interface.addresses) add_ip(address.ip);
      break;
  }
  return out;
}

std::vector<std::string> entries_of(const Facts& facts) {
  std::vector<std::string> out;
  for (const auto& interface : facts.interfaces)
    if (interface.is_up && interface.bridge.empty() && interface.name != "lo") out.push_back(interface.name);
  return out;
}

std::string name_of_source(const Ip& source, const Scene& scene) {
  if (const auto& docker = scene.traced.facts().docker; docker)
    for (const auto& container : docker->containers)
      if (contains(container.addresses, source, &ContainerAddress::ip))
        return container_name(container, source);
  return source.to_string();
}

}  // namespace pyfw
