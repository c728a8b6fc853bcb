#include "docker/docker_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/contains.h"
#include "docker/docker_proxies.h"
#include "docker/inside_containers.h"
#include "netlink/netlink_facts.h"
#include "sys/network_namespace.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

constexpr int kOk = 200;
constexpr int kNotFound = 404;

Result<std::string> body_of(const AskDocker& ask, std::string_view what) {
  TRY(auto answer, ask(what));
  if (answer.status != kOk) return fail(fmt::format("Docker answers {} with status {}", what, answer.status));
  return std::move(answer.body);
}

// One of Docker's bridges stands here, with an address that Docker has given it.
bool has_bridge_of(const Docker& docker, const std::vector<Interface>& interfaces) {
  auto is_its_bridge = [&](const DockerNetwork& network) {
    auto bridge = std::ranges::find(interfaces, network.bridge, &Interface::name);
    return !network.bridge.empty() && bridge != interfaces.end() &&
           std::ranges::any_of(bridge->addresses,
                               [&](const Prefix& address) { return contains(network.gateways, address.ip); });
  };
  return std::ranges::any_of(docker.networks, is_its_bridge);
}

// The /proc that knows Docker's processes by the numbers that Docker knows them by; none where nobody can
// tell.
std::optional<std::string> proc_of(pid_t server) {
  if (server == 0) return {};
  std::error_code error;
  auto ours = fs::read_symlink("/proc/self/ns/pid", error);
  auto its = fs::read_symlink(fmt::format("/proc/{}/ns/pid", server), error);
  if (error) return {};
  return ours == its ? "/proc" : fmt::format("/proc/{}/root/proc", server);
}

struct DockerHere {
  Docker docker;
  pid_t server = 0;  // 0 where it has no number here
};

// The interfaces are asked for only where nobody can tell in which network namespace it works.
Result<std::optional<DockerHere>> docker_here(
    DockerLimits limits, const std::function<Result<std::vector<Interface>>()>& interfaces) {
  auto path = docker_socket_path();
  if (!path) return std::nullopt;
  DockerSocket socket(*path, limits);
  if (!socket.exists()) return std::nullopt;
  TRY(auto server, socket.server());
  auto is_here =
      server == 0 ? std::nullopt : is_this_network_namespace(fmt::format("/proc/{}/ns/net", server));
  if (is_here && !*is_here) return std::nullopt;
  TRY(auto docker, ask_docker([&](std::string_view what) { return socket.get(what); }));
  if (!is_here) {
    TRY(auto there, interfaces());
    if (!has_bridge_of(docker, there)) return std::nullopt;
  }
  return DockerHere{.docker = std::move(docker), .server = server};
}

}  // namespace

Result<Docker> ask_docker(const AskDocker& ask) {
  TRY(auto version, body_of(ask, "/version"));
  TRY(auto networks, body_of(ask, "/networks"));
  TRY(auto list, body_of(ask, "/containers/json?all=1"));
  TRY(auto ids, parse_container_ids(list));
  std::vector<std::string> containers;
  for (const auto& id : ids) {
    TRY(auto answer, ask(fmt::format("/containers/{}/json", id)));
    if (answer.status == kNotFound) continue;
    if (answer.status != kOk) return fail(fmt::format("Docker answers with status {}", answer.status));
    containers.push_back(std::move(answer.body));
  }
  TRY(auto docker, parse_docker(networks, containers));
  TRY(docker.version, parse_docker_version(version));
  return docker;
}

Result<std::optional<Docker>> read_docker_inventory() {
  constexpr DockerLimits kNotLong{.time = std::chrono::seconds(2)};
  auto interfaces = []() -> Result<std::vector<Interface>> {
    TRY(auto facts, read_facts());
    return std::move(facts.interfaces);
  };
  TRY(auto found, docker_here(kNotLong, interfaces));
  if (!found) return std::nullopt;
  return std::move(found->docker);
}

Result<std::optional<Docker>> read_docker(const std::vector<Interface>& interfaces) {
  TRY(auto found, docker_here({}, [&]() -> Result<std::vector<Interface>> { return interfaces; }));
  if (!found) return std::nullopt;
  note_proxies(read_docker_proxies(), found->docker);
  if (auto proc = proc_of(found->server)) look_inside(*proc, interfaces, found->docker);
  return std::move(found->docker);
}

}  // namespace pyfw
