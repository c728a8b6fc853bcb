#include "docker/inside_containers.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "netlink/links.h"
#include "netlink/listeners.h"
#include "sys/network_namespace.h"

namespace pyfw {
namespace {

struct Inside {
  Interfaces interfaces;
  std::vector<Container::Listening> listeners;
};

Result<Inside> read_here() {
  Inside inside;
  TRY(auto socket, NetlinkSocket::open(NETLINK_ROUTE));
  TRY(inside.interfaces, read_interfaces(socket));
  TRY(auto sockets, read_listening_sockets());
  for (const auto& [listener, inode] : sockets)
    inside.listeners.push_back(
        {.protocol = listener.protocol, .address = listener.address, .port = listener.port});
  auto key = [](const Container::Listening& one) { return std::tie(one.protocol, one.port, one.address); };
  std::ranges::sort(inside.listeners, {}, key);
  auto doubled = std::ranges::unique(inside.listeners);
  inside.listeners.erase(doubled.begin(), doubled.end());
  return inside;
}

// The two ends of a veth each know the index of the other.
std::vector<std::string> host_ends(const Interfaces& inside, const std::vector<Interface>& host) {
  std::vector<std::string> names;
  for (const auto& interface : host) {
    if (interface.kind != "veth") continue;
    auto peer = inside.find(interface.peer_index);
    if (peer == inside.end() || peer->second.kind != "veth") continue;
    if (peer->second.peer_index == interface.index) names.push_back(interface.name);
  }
  return names;
}

}  // namespace

void look_inside(const std::string& proc, const std::vector<Interface>& interfaces, Docker& docker) {
  for (auto& container : docker.containers) {
    if (container.pid == 0 || container.network_mode == "host") continue;
    auto path = fmt::format("{}/{}/ns/net", proc, container.pid);
    // By then the number may be another process's.
    if (is_this_network_namespace(path).value_or(true)) continue;
    auto inside = in_network_namespace<Inside>(path, read_here);
    if (!inside) continue;
    container.listeners = std::move(inside->listeners);
    container.interfaces = host_ends(inside->interfaces, interfaces);
  }
}

}  // namespace pyfw
