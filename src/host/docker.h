// What Docker runs on a host, as its API tells it: networks, containers, and the ports that they publish.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/ip.h"
#include "net/packet.h"

namespace pyfw {

struct DockerNetwork {
  std::string name;
  std::string id{};
  std::string driver{};  // bridge, host, null, overlay, macvlan, ipvlan, …
  std::string bridge{};  // the interface, of the driver bridge
  std::vector<Prefix> subnets{};
  std::vector<Ip> gateways{};
  bool is_internal = false;
  bool has_icc = true;  // com.docker.network.bridge.enable_icc
  bool masquerades = true;
  std::string gateway_mode{};  // com.docker.network.bridge.gateway_mode_ipv4; empty: nat

  bool operator==(const DockerNetwork&) const = default;
};

// A port of the host that leads into a container.
struct PublishedPort {
  std::uint8_t protocol = kTcp;
  std::optional<Ip> host_ip{};  // none or all zero: any
  std::uint16_t host_port = 0;
  std::uint16_t container_port = 0;
  bool has_proxy = false;  // a docker-proxy listens for it

  bool operator==(const PublishedPort&) const = default;
};

struct ContainerAddress {
  std::string network;  // its name
  Ip ip;
  unsigned length = 0;
  std::optional<Ip> gateway{};
  std::optional<Mac> mac{};

  bool operator==(const ContainerAddress&) const = default;
};

struct Container {
  std::string name;
  std::string id{};
  std::int64_t pid = 0;         // of its first process, 0 where it does not run
  std::string network_mode{};   // bridge, host, none, a network's name, container:ID
  std::string in_network_of{};  // of container:ID, the name of that container
  std::vector<ContainerAddress> addresses{};
  std::vector<PublishedPort> ports{};
  std::vector<std::string> interfaces{};  // its veths' ends on the host, where they could be found
  // Who listens in it, where its namespace could be entered. none: nobody knows.
  struct Listening {
    std::uint8_t protocol = kTcp;
    Ip address;
    std::uint16_t port = 0;
    bool operator==(const Listening&) const = default;
  };
  std::optional<std::vector<Listening>> listeners{};

  // Has a network namespace of its own.
  [[nodiscard]] bool is_apart() const {
    return network_mode != "host" && !network_mode.starts_with("container:");
  }

  bool operator==(const Container&) const = default;
};

struct Docker {
  std::string version{};
  bool userland_proxy = true;
  std::vector<DockerNetwork> networks{};
  std::vector<Container> containers{};

  bool operator==(const Docker&) const = default;
};

// From the answers of GET /networks, and of GET /containers/ID/json for each container. Fails with what is
// not JSON, or not what Docker says; unknown keys are passed over. Whether a proxy runs for a port, the veths
// and the listeners are not in there.
Result<Docker> parse_docker(std::string_view networks, const std::vector<std::string>& containers);
// From the answers of GET /containers/json and GET /version.
Result<std::vector<std::string>> parse_container_ids(std::string_view containers);
Result<std::string> parse_docker_version(std::string_view version);

// By its name, its whole id, or at least four digits that its id begins with, if no other one does.
const Container* find_container(const Docker& docker, std::string_view name_or_id);
const DockerNetwork* find_network(const Docker& docker, std::string_view name);

}  // namespace pyfw
