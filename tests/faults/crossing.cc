#include "faults/crossing.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <future>
#include <map>
#include <optional>

#include "lab/namespaces.h"

namespace pyfw::faults {
namespace {

// Of those for local experiments.
constexpr std::uint16_t kFrameType = 0x88b5;
constexpr int kFrameTimeoutMs = 2'000;
constexpr std::uint16_t kFirstPort = 20'000;
constexpr std::uint32_t kPorts = 40'000;

enum class From { kOutside, kHost };

struct Probe {
  From from;
  std::string source;  // empty: as the route says
  std::string to;
  std::uint16_t port;

  [[nodiscard]] std::string text() const {
    return fmt::format("{} to {}:{}", source.empty() ? "host" : source, to, port);
  }
};

std::vector<Probe> all_probes() {
  std::vector<Probe> out;
  for (int i = 11; i <= 18; ++i) {
    auto source = fmt::format("10.1.0.{}", i);
    for (int port : {53, 80, 81, 82, 8000})
      out.push_back({From::kOutside, source, "10.1.0.1", static_cast<std::uint16_t>(port)});
    for (int port : {80, 81, 8000})
      out.push_back({From::kOutside, source, "10.2.0.2", static_cast<std::uint16_t>(port)});
    out.push_back({From::kHost, "", source, 80});
  }
  for (int i = 11; i <= 14; ++i) {
    auto source = fmt::format("fd00:1::{}", i);
    for (int port : {80, 81})
      out.push_back({From::kOutside, source, "fd00:1::1", static_cast<std::uint16_t>(port)});
    out.push_back({From::kOutside, source, "fd00:2::2", 80});
  }
  return out;
}

const std::vector<Probe>& kept_probes() {
  static const std::vector<Probe> kProbes = all_probes();
  return kProbes;
}

struct Datagram {
  std::uint32_t round;
  std::uint32_t probe;
};

// Runs in a thread of its own, since a thread's network namespace is what its sockets belong to.
template <typename Do>
auto in_network(int network, Do what) {
  auto done = std::async(std::launch::async, [network, &what]() -> decltype(what()) {
    if (setns(network, CLONE_NEWNET) != 0) return system_error("setns");
    return what();
  });
  return done.get();
}

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  int family = AF_INET;
};

Address address_of(const std::string& text, std::uint16_t port) {
  Address out;
  auto& four = reinterpret_cast<sockaddr_in&>(out.bytes);
  auto& six = reinterpret_cast<sockaddr_in6&>(out.bytes);
  if (inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    out.size = sizeof four;
    return out;
  }
  out.bytes = {};
  inet_pton(AF_INET6, text.c_str(), &six.sin6_addr);
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  out.size = sizeof six;
  out.family = AF_INET6;
  return out;
}

Result<Fd> bound(const Address& address) {
  Fd fd(socket(address.family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return system_error("socket");
  int one = 1;
  if (address.family == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0)
    return system_error("bind");
  return fd;
}

// All packets of a thread that stays on one processor go through the same queues, one behind the other.
void stay_on_this_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(std::max(sched_getcpu(), 0)), &one);
  sched_setaffinity(0, sizeof one, &one);
}

Result<Fd> frame_socket(std::uint16_t type) {
  Fd fd(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(type)));
  if (!fd.valid()) return system_error("socket");
  return fd;
}

Result<void> sh(const lab::Host& host, const std::string& script) {
  TRY_VOID(host.output({"/bin/sh", "-ec", script}));
  return {};
}

// `ip` finds the other host's namespace by a descriptor that it inherits.
Result<void> lay_wire(const lab::Host& from, const std::string& name, const std::string& mac,
                      const lab::Host& to, const std::string& other_mac) {
  int network = to.network();
  TRY_VOID(from.output({"/usr/sbin/ip", "link", "add", name, "address", mac, "type", "veth", "peer", "name",
                        "eth0", "address", other_mac, "netns", fmt::format("/proc/self/fd/{}", network)},
                       {.in_child = [network] { return fcntl(network, F_SETFD, 0) == 0; }}));
  return {};
}

constexpr const char* kOutsideMac = "02:00:00:00:00:01";
constexpr const char* kHostMac = "02:00:00:00:00:02";
constexpr const char* kHostInnerMac = "02:00:00:00:00:03";
constexpr const char* kInsideMac = "02:00:00:00:00:04";

std::string hardware_address(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3)
    out.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  return out;
}

}  // namespace

Result<Crossing> Crossing::make(lab::Lab& lab, lab::Backend backend) {
  TRY(auto outside, lab.add_host("outside"));
  TRY(auto host, lab.add_host("host", backend));
  TRY(auto inside, lab.add_host("inside"));
  Crossing crossing(std::move(outside), std::move(host), std::move(inside));
  TRY_VOID(crossing.connect());
  TRY_VOID(crossing.listen());
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (true) {
    // The first frames are lost where an interface is not quite up yet.
    auto arrived = crossing.round();
    if (arrived && arrived->size() == probes()) return crossing;
    if (std::chrono::steady_clock::now() > deadline) {
      if (!arrived) return std::unexpected(std::move(arrived).error());
      return fail(fmt::format("only {} of {} datagrams cross an open host", arrived->size(), probes()));
    }
    usleep(10'000);
  }
}

std::size_t Crossing::probes() { return kept_probes().size(); }

Result<void> Crossing::connect() {
  TRY_VOID(lay_wire(host_, "eth0", kHostMac, outside_, kOutsideMac));
  TRY_VOID(lay_wire(host_, "eth1", kHostInnerMac, inside_, kInsideMac));
  // Neighbours are known, so that no rule is in the way of finding them.
  std::string outside = "ip link set eth0 up;";
  std::string host =
      "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding;"
      "ip link set eth0 up; ip link set eth1 up; ip addr add 10.1.0.1/24 dev eth0; ip addr add 10.2.0.1/24 "
      "dev eth1;"
      "ip addr add fd00:1::1/64 dev eth0 nodad; ip addr add fd00:2::1/64 dev eth1 nodad;";
  for (int i = 11; i <= 18; ++i) {
    outside += fmt::format("ip addr add 10.1.0.{}/24 dev eth0;", i);
    host += fmt::format("ip neigh replace 10.1.0.{} lladdr {} dev eth0;", i, kOutsideMac);
  }
  for (int i = 11; i <= 14; ++i) outside += fmt::format("ip addr add fd00:1::{}/64 dev eth0 nodad;", i);
  outside += fmt::format(
      "ip neigh replace 10.1.0.1 lladdr {0} dev eth0; ip neigh replace fd00:1::1 lladdr {0} dev eth0;"
      "ip route add default via 10.1.0.1; ip -6 route add default via fd00:1::1",
      kHostMac);
  host += fmt::format(
      "ip neigh replace 10.2.0.2 lladdr {0} dev eth1; ip neigh replace fd00:2::2 lladdr {0} dev eth1",
      kInsideMac);
  TRY_VOID(sh(host_, host));
  TRY_VOID(sh(outside_, outside));
  return sh(inside_,
            "ip link set eth0 up; ip addr add 10.2.0.2/24 dev eth0; ip addr add fd00:2::2/64 dev eth0 nodad;"
            "ip route add default via 10.2.0.1; ip -6 route add default via fd00:2::1");
}

Result<void> Crossing::listen() {
  auto listen_on = [&](const lab::Host& host, const std::string& any, std::initializer_list<int> ports) {
    return in_network(host.network(), [&]() -> Result<void> {
      for (int port : ports) {
        TRY(auto fd, bound(address_of(any, static_cast<std::uint16_t>(port))));
        listeners_.push_back({fmt::format("{}:{}", host.name(), port), std::move(fd)});
      }
      return {};
    });
  };
  TRY_VOID(listen_on(host_, "0.0.0.0", {53, 80, 81, 82, 8000, 8080}));
  TRY_VOID(listen_on(host_, "::", {80, 81}));
  TRY_VOID(listen_on(inside_, "0.0.0.0", {80, 81, 8000, 8080}));
  TRY_VOID(listen_on(inside_, "::", {80}));
  TRY_VOID(listen_on(outside_, "0.0.0.0", {80}));
  auto lay = [&](const lab::Host& from, const std::string& interface, const lab::Host& to,
                 const std::string& mac) -> Result<void> {
    Wire wire{.sender = {}, .receiver = {}, .interface = 0, .to = hardware_address(mac)};
    TRY(wire.sender, in_network(from.network(), [&]() -> Result<Fd> {
          wire.interface = static_cast<int>(if_nametoindex(interface.c_str()));
          return frame_socket(0);
        }));
    TRY(wire.receiver, in_network(to.network(), [] { return frame_socket(kFrameType); }));
    wires_.push_back(std::move(wire));
    return {};
  };
  TRY_VOID(lay(outside_, "eth0", host_, kHostMac));
  TRY_VOID(lay(host_, "eth1", inside_, kInsideMac));
  return lay(host_, "eth0", outside_, kOutsideMac);
}

Result<void> Crossing::send_all(std::uint16_t port) const {
  const auto& probes = kept_probes();
  auto send_from = [&](From from) -> Result<void> {
    std::map<std::string, Fd> sockets;
    for (std::uint32_t i = 0; i < probes.size(); ++i) {
      const auto& probe = probes[i];
      if (probe.from != from) continue;
      auto& socket = sockets[probe.source];
      if (!socket.valid()) {
        TRY(socket, bound(address_of(probe.source.empty() ? "0.0.0.0" : probe.source, port)));
      }
      Datagram datagram{.round = round_, .probe = i};
      auto to = address_of(probe.to, probe.port);
      // One that the host's own rules drop is refused here, and has not got through.
      [[maybe_unused]] auto sent = sendto(socket.get(), &datagram, sizeof datagram, 0,
                                          reinterpret_cast<const sockaddr*>(&to.bytes), to.size);
    }
    return {};
  };
  auto send_frame = [&](const Wire& wire) -> Result<void> {
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(kFrameType);
    to.sll_ifindex = wire.interface;
    to.sll_halen = 6;
    std::memcpy(to.sll_addr, wire.to.data(), 6);
    if (sendto(wire.sender.get(), &round_, sizeof round_, 0, reinterpret_cast<const sockaddr*>(&to),
               sizeof to) < 0)
      return system_error("sendto");
    std::uint32_t got = 0;
    do {
      pollfd waiting{.fd = wire.receiver.get(), .events = POLLIN, .revents = 0};
      if (poll(&waiting, 1, kFrameTimeoutMs) <= 0) return fail("a frame was lost");
      if (recv(wire.receiver.get(), &got, sizeof got, 0) < 0) return system_error("recv");
    } while (got != round_);
    return {};
  };
  return in_network(outside_.network(), [&]() -> Result<void> {
    stay_on_this_processor();
    TRY_VOID(send_from(From::kOutside));
    if (setns(host_.network(), CLONE_NEWNET) != 0) return system_error("setns");
    TRY_VOID(send_from(From::kHost));
    for (const auto& wire : wires_) TRY_VOID(send_frame(wire));
    return {};
  });
}

Result<Arrivals> Crossing::round() {
  ++round_;
  TRY_VOID(send_all(static_cast<std::uint16_t>(kFirstPort + round_ % kPorts)));
  Arrivals arrived;
  for (const auto& listener : listeners_) {
    Datagram datagram{};
    while (recv(listener.socket.get(), &datagram, sizeof datagram, 0) == sizeof datagram)
      if (datagram.round == round_ && datagram.probe < probes())
        arrived.insert(fmt::format("{} at {}", kept_probes()[datagram.probe].text(), listener.name));
  }
  return arrived;
}

}  // namespace pyfw::faults
