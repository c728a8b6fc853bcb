// docker-proxy: the processes that Docker starts for published ports where its userland proxy is on.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/docker.h"
#include "net/ip.h"

namespace pyfw {

struct DockerProxy {
  std::uint8_t protocol = kTcp;
  Ip host_ip;
  std::uint16_t host_port = 0;
  Ip container_ip;
  std::uint16_t container_port = 0;

  bool operator==(const DockerProxy&) const = default;
};

// The words of /proc/PID/cmdline, each ended by a zero. None where they are not those of such a process.
std::optional<DockerProxy> parse_docker_proxy(std::string_view command_line);

// Those of the network namespace that the calling thread is in.
std::vector<DockerProxy> read_docker_proxies(const std::string& proc = "/proc");

// Marks the ports that one of them serves. Whether the userland proxy is on is told by them, too, where any
// port is published.
void note_proxies(const std::vector<DockerProxy>& proxies, Docker& docker);

}  // namespace pyfw
