// How a Docker daemon is set up: what its file, its command line and its own answer say together.
//
//   auto daemon = parse_docker_daemon({.command_line = …, .config = …, .info = …});
//   if (!daemon.iptables) …

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw {

// An address that its API listens on, over TCP.
struct DockerApi {
  std::string address;    // "0.0.0.0:2375"
  bool is_local = false;  // only of this host

  bool operator==(const DockerApi&) const = default;
};

struct DockerDaemon {
  std::string version{};
  bool iptables = true;
  bool ip6tables = true;
  bool userland_proxy = true;
  bool is_kept_alive = false;  // live-restore
  bool is_rootless = false;
  bool is_in_swarm = false;
  bool is_podman = false;                     // which answers in Docker's place
  std::string firewall_backend = "iptables";  // or "nftables"
  std::vector<DockerApi> apis{};
  bool asks_for_certificates = false;           // of those who come by TCP
  std::map<std::string, std::string> images{};  // of containers, by their names

  bool operator==(const DockerDaemon&) const = default;
};

// As they were read; what there is none of is empty.
struct DockerTexts {
  std::vector<std::string> command_line{};      // of dockerd
  std::string config{};                         // /etc/docker/daemon.json
  std::string info{};                           // of GET /info
  std::string version{};                        // "20.10.24"
  std::string about{};                          // of GET /version
  std::string containers{};                     // of GET /containers/json
  std::vector<std::string> socket_addresses{};  // at which systemd listens for it

  bool operator==(const DockerTexts&) const = default;
};

// Fails where the config is no JSON, with which dockerd would not start again; what the other texts lack is
// taken as Docker does by itself.
Result<DockerDaemon> parse_docker_daemon(const DockerTexts& texts);

// The file that the command line names as its config, or Docker's usual one.
std::string docker_config_path(const std::vector<std::string>& command_line);

// "20.10.24+dfsg1" is {20, 10}; {0, 0} of what is none.
struct DockerVersion {
  unsigned long year = 0;  // or major
  unsigned long month = 0;

  auto operator<=>(const DockerVersion&) const = default;
};
DockerVersion parse_docker_release(std::string_view version);

}  // namespace pyfw
