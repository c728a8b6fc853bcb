#include "doctor/docker_host.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "base/contains.h"
#include "doctor/chain_owners.h"
#include "net/address_kinds.h"

namespace pyfw {
namespace {

template <typename Counts>
std::size_t count_ports(const Docker& docker, const Counts& counts) {
  std::size_t count = 0;
  for (const auto& container : docker.containers)
    if (is_running(container)) {
      // Docker tells a port of every address twice, once for each family.
      std::set<std::tuple<std::uint8_t, std::uint16_t, std::uint16_t>> seen;
      for (const auto& port : container.ports)
        if (counts(port)) seen.emplace(port.protocol, port.host_port, port.container_port);
      count += seen.size();
    }
  return count;
}

}  // namespace

const Docker* docker_of(const Examined& host) {
  return host.host.facts.docker ? &*host.host.facts.docker : nullptr;
}

bool runs_podman(const Examined& host) { return host.daemon && host.daemon->is_podman; }

std::string_view engine_name(const Examined& host) { return runs_podman(host) ? "Podman" : "Docker"; }

bool docker_writes_iptables(const Examined& host) {
  if (docker_of(host) == nullptr) return false;
  const auto& daemon = host.daemon;
  return !daemon || (daemon->iptables && daemon->firewall_backend == "iptables" && !daemon->is_rootless &&
                     !daemon->is_podman);
}

bool is_running(const Container& container) { return container.pid != 0; }

std::vector<const Container*> bridged_containers(const Docker& docker) {
  auto is_bridged = [&](const ContainerAddress& address) {
    const auto* network = find_network(docker, address.network);
    return network != nullptr && network->driver == "bridge";
  };
  std::vector<const Container*> out;
  for (const auto& container : docker.containers)
    if (is_running(container) && container.is_apart() && std::ranges::any_of(container.addresses, is_bridged))
      out.push_back(&container);
  return out;
}

bool is_bridge_of_docker(const Docker* docker, std::string_view interface) {
  return docker != nullptr && contains(docker->networks, interface, &DockerNetwork::bridge);
}

std::size_t published_ports(const Docker& docker) {
  return count_ports(docker, [](const PublishedPort&) { return true; });
}

std::size_t ports_published_to_others(const Docker& docker) {
  return count_ports(docker,
                     [](const PublishedPort& port) { return !port.host_ip || !is_loopback(*port.host_ip); });
}

bool is_outside(const Facts& facts, std::string_view interface) {
  constexpr std::array kOwn = {"bridge", "wireguard", "tun", "dummy", "ifb", "veth", "vxlan", "geneve"};
  auto found = std::ranges::find(facts.interfaces, interface, &Interface::name);
  if (found == facts.interfaces.end() || interface == "lo") return false;
  if (is_bridge_of_docker(facts.docker ? &*facts.docker : nullptr, interface)) return false;
  auto leads_everywhere = [&](const Route& route) {
    return route.type == RouteType::kUnicast && route.destination.length == 0 && route.interface == interface;
  };
  return !contains(kOwn, found->kind) || std::ranges::any_of(facts.routes, leads_everywhere);
}

std::string layout_of_docker(const HostState& host) {
  if (contains(host.facts.nft_tables, "ip docker-bridges") ||
      contains(host.facts.nft_tables, "ip6 docker-bridges"))
    return "tables of nftables, as of Docker 29";
  for (const auto* rules : rulesets_of(host, Family::kIpv4)) {
    const auto* filter = find_table(*rules, "filter");
    if (find_chain(filter, "DOCKER-FORWARD") != nullptr) return "chains as of Docker 28 and later";
    if (find_chain(filter, "DOCKER-ISOLATION-STAGE-1") != nullptr) return "chains as of Docker 17.06 to 27";
    if (find_chain(filter, "DOCKER-ISOLATION") != nullptr) return "chains as of Docker 17.05 and before";
  }
  return {};
}

}  // namespace pyfw
