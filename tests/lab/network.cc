#include "lab/network.h"

#include <fcntl.h>
#include <fmt/format.h>

namespace pyfw::lab {
namespace {

// One `ip` for many commands.
Result<void> ip_batch(const Host& host, const std::string& commands) {
  TRY_VOID(host.output({"/usr/sbin/ip", "-batch", "-"}, {.input = commands}));
  return {};
}

}  // namespace

Result<Network> Network::make(Lab& lab, const std::string& router) {
  TRY(auto bridge, lab.add_host("bridge"));
  TRY_VOID(ip_batch(bridge, fmt::format("link add br0 type bridge\n"
                                        "addr add {} dev br0\n"
                                        "link set br0 up\n",
                                        router)));
  return Network(std::move(bridge), router.substr(0, router.find('/')));
}

Result<void> Network::attach(const Host& host, const std::string& address) {
  auto port = fmt::format("port{}", ++wires_);
  int peer = host.network();
  // The other end is born in the host's namespace, which `ip` finds by the descriptor that it inherits.
  TRY_VOID(bridge_.output({"/usr/sbin/ip", "link", "add", port, "master", "br0", "type", "veth", "peer",
                           "name", "eth0", "netns", fmt::format("/proc/self/fd/{}", peer)},
                          {.in_child = [peer] { return fcntl(peer, F_SETFD, 0) == 0; }}));
  TRY_VOID(ip_batch(bridge_, fmt::format("link set {} up\n", port)));
  return ip_batch(host, fmt::format("addr add {} dev eth0\n"
                                    "link set eth0 up\n"
                                    "route add default via {}\n",
                                    address, router_));
}

}  // namespace pyfw::lab
