#include "lab/network.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

namespace pyfw::lab {
namespace {

// One `ip` for many commands.
Result<void> ip_batch(const Host& host, const std::string& commands) {
  TRY_VOID(host.output({"/usr/sbin/ip", "-batch", "-"}, {.input = commands}));
  return {};
}

Result<Prefix> parse(const std::string& address) {
  auto prefix = Prefix::parse(address);
  if (!prefix) return bad_input(fmt::format("'{}' is no address", address));
  return *prefix;
}

// Without the wait for others who might have the same one.
std::string added(const std::string& address, std::string_view interface) {
  return fmt::format("addr add {} dev {}{}\n", address, interface, address.contains(':') ? " nodad" : "");
}

}  // namespace

Result<void> wire(const Host& one, const std::string& its_interface, const Host& other,
                  const std::string& others_interface) {
  int peer = other.network();
  // The other end is born in its host's namespace, which `ip` finds by the descriptor that it inherits.
  TRY_VOID(one.output({"/usr/sbin/ip", "link", "add", its_interface, "type", "veth", "peer", "name",
                       others_interface, "netns", fmt::format("/proc/self/fd/{}", peer)},
                      {.in_child = [peer] { return fcntl(peer, F_SETFD, 0) == 0; }}));
  TRY_VOID(ip_batch(one, fmt::format("link set {} up\n", its_interface)));
  return ip_batch(other, fmt::format("link set {} up\n", others_interface));
}

Result<Network> Network::make(Lab& lab, const std::string& router) {
  TRY(auto bridge, lab.add_host("bridge"));
  TRY(auto address, parse(router));
  TRY_VOID(ip_batch(bridge, "link add br0 type bridge\n" + added(router, "br0") + "link set br0 up\n"));
  Network network(std::move(bridge));
  network.routers_.push_back(address);
  return network;
}

Result<void> Network::add_router(const std::string& address) {
  TRY(auto prefix, parse(address));
  TRY_VOID(ip_batch(bridge_, added(address, "br0")));
  // All of its networks are on one wire, and nobody is to be told of a shorter way.
  TRY_VOID(
      bridge_.output({"/usr/sbin/sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
                      "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.br0.send_redirects=0"}));
  routers_.push_back(prefix);
  return {};
}

Result<void> Network::add_route(const std::string& network, const std::string& via) const {
  return ip_batch(bridge_, fmt::format("route add {} via {}\n", network, via));
}

Result<void> Network::attach(const Host& host, const std::string& address) {
  auto port = fmt::format("port{}", ++wires_);
  TRY_VOID(wire(bridge_, port, host, "eth0"));
  TRY_VOID(ip_batch(bridge_, fmt::format("link set {} master br0\n", port)));
  return add_address(host, address);
}

Result<void> Network::add_address(const Host& host, const std::string& address) const {
  TRY(auto prefix, parse(address));
  TRY_VOID(ip_batch(host, added(address, "eth0")));
  return add_default_route(host, prefix);
}

Result<void> Network::add_default_route(const Host& host, const Prefix& address) const {
  auto router = std::ranges::find_if(routers_, [&](const Prefix& one) {
    return one.ip.family() == address.ip.family() &&
           one.ip.masked(one.length) == address.ip.masked(one.length);
  });
  if (router == routers_.end())
    return fail(fmt::format("no router is in the network of {}", address.to_string()));
  std::string family = address.ip.family() == Family::kIpv4 ? "-4" : "-6";
  TRY(auto known, host.output({"/usr/sbin/ip", family, "route", "show", "default"}));
  if (!known.empty()) return {};
  TRY_VOID(host.output({"/usr/sbin/ip", family, "route", "add", "default", "via", router->ip.to_string()}));
  return {};
}

}  // namespace pyfw::lab
