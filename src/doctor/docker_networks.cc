#include <fmt/format.h>

#include <algorithm>

#include "base/contains.h"
#include "base/strings.h"
#include "doctor/checks.h"
#include "doctor/docker_host.h"

namespace pyfw {
namespace {

std::vector<std::string> running_in(const Docker& docker, const std::string& network) {
  std::vector<std::string> names;
  for (const auto& container : docker.containers)
    if (is_running(container) && contains(container.addresses, network, &ContainerAddress::network))
      names.push_back(container.name);
  return names;
}

std::string of_whom(const std::vector<std::string>& containers) {
  return containers.empty() ? "without a container that runs" : "with " + join(containers, ", ");
}

Severity as_used(const std::vector<std::string>& containers) {
  return containers.empty() ? Severity::kNote : Severity::kWarning;
}

Advice past_the_host(std::string_view engine, const DockerNetwork& network,
                     const std::vector<std::string>& containers) {
  return {.id = "docker-network-past-the-rules",
          .severity = as_used(containers),
          .message = fmt::format("{}'s network {} ({}) goes past this host's rules, {}", engine, network.name,
                                 network.driver, of_whom(containers)),
          .why =
              "its containers have addresses of the network outside and talk to it directly: no rule of "
              "this host sees their packets, and pyfw can say nothing of them",
          .instead =
              "filter in front of the host or inside the containers; or use a bridge network and "
              "publish what shall be reached"};
}

Advice overlay(std::string_view engine, const DockerNetwork& network,
               const std::vector<std::string>& containers) {
  return {.id = "docker-network-of-others",
          .severity = Severity::kNote,
          .message = fmt::format("pyfw can't follow packets into {}'s network {} ({}), {}", engine,
                                 network.name, network.driver, of_whom(containers)),
          .why = "the network's driver keeps its interfaces and rules in namespaces of its own",
          .instead =
              "`pyfw who` and `pyfw check` say nothing of its containers; look at what publishes their "
              "ports instead"};
}

Advice swarm() {
  return {.id = "docker-swarm",
          .severity = Severity::kNote,
          .message = "this Docker is part of a swarm",
          .why =
              "ports of services are published on every node of it, by DOCKER-INGRESS and in a namespace of "
              "Docker's, whether or not a container of the service runs here; pyfw follows packets up to "
              "there",
          .instead = "a rule in DOCKER-USER, or in mangle PREROUTING, sees them still"};
}

}  // namespace

Findings look_at_docker_networks(const Examined& host) {
  Findings out;
  const auto* docker = docker_of(host);
  if (docker == nullptr) return out;
  for (const auto& network : docker->networks) {
    bool is_known = network.driver == "bridge" || network.driver == "host" || network.driver == "null" ||
                    network.driver.empty();
    // Docker makes it for a swarm, whether or not it is used.
    if (is_known || (network.driver == "overlay" && network.name == "ingress")) continue;
    auto containers = running_in(*docker, network.name);
    bool goes_past = network.driver.starts_with("macvlan") || network.driver.starts_with("ipvlan");
    auto engine = engine_name(host);
    out.push_back(goes_past ? past_the_host(engine, network, containers)
                            : overlay(engine, network, containers));
  }
  if (host.daemon && host.daemon->is_in_swarm) out.push_back(swarm());
  return out;
}

Findings look_at_docker_api(const Examined& host) {
  Findings out;
  if (!host.daemon || host.daemon->asks_for_certificates) return out;
  for (const auto& api : host.daemon->apis)
    out.push_back(
        {.id = "docker-api-open",
         .severity = Severity::kError,
         .message = fmt::format("Docker's API listens on {} and asks nobody for a certificate", api.address),
         .why = api.is_local
                    ? "every user and program of this host that gets there is root of it, and so is "
                      "a container in the host's network"
                    : "whoever gets there is root of this host: such ports are looked for all the time",
         .instead =
             "take the tcp:// address from \"hosts\" in /etc/docker/daemon.json, from dockerd's command "
             "line and from docker.socket, or set tlsverify; for access from afar there is "
             "`docker -H ssh://…`"});
  return out;
}

}  // namespace pyfw
