#include "far_end.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "stage.h"
#include "sys/process.h"

namespace pyfw::differential {
namespace {

std::string frame_of(const Shipment& shipment, const Wire& wire) {
  // A frame to a bridge's port is for the host's own address on the bridge.
  auto to = shipment.to_mac.value_or(wire.bridge.empty() ? wire.host_mac : mac_of_bridge());
  auto from = shipment.sent.packet.source_mac.value_or(wire.far_mac);
  std::string frame(reinterpret_cast<const char*>(to.data()), to.size());
  frame.append(reinterpret_cast<const char*>(from.data()), from.size());
  frame += shipment.sent.packet.family() == Family::kIpv4 ? std::string("\x08\x00", 2)
                                                          : std::string("\x86\xdd", 2);
  return frame + bytes_of(shipment.sent);
}

}  // namespace

Result<FarEnd> FarEnd::open(const Topology& topology) {
  std::string ups;
  for (const auto& wire : topology.wires) ups += fmt::format("link set {} up\n", wire.name);
  TRY(auto up, run({"/usr/sbin/ip", "-batch", "-"}, {.input = ups}));
  if (up.status != 0) return fail("ip: " + up.err);
  Fd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL)));
  int on = 1;
  if (!socket.valid() || setsockopt(socket.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0)
    return system_error("a packet socket");
  FarEnd far(std::move(socket), topology);
  for (const auto& wire : topology.wires) {
    auto index = static_cast<int>(if_nametoindex(wire.name.c_str()));
    if (index == 0) return system_error(wire.name);
    far.indexes_.push_back(index);
    far.names_by_index_[index] = wire.name;
  }
  return far;
}

Result<void> FarEnd::send(const Shipment& shipment) {
  auto frame = frame_of(shipment, wires_[*shipment.wire]);
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = indexes_[*shipment.wire];
  to.sll_halen = ETH_ALEN;
  auto sent =
      sendto(socket_.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if (sent != static_cast<ssize_t>(frame.size())) return system_error("send to a wire");
  return {};
}

Result<void> FarEnd::take(KernelPath& path) {
  std::array<char, 2048> frame{};
  while (true) {
    sockaddr_ll from{};
    socklen_t size = sizeof from;
    auto received = recvfrom(socket_.get(), frame.data(), frame.size(), MSG_DONTWAIT,
                             reinterpret_cast<sockaddr*>(&from), &size);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0 && errno == EAGAIN) return {};
    if (received < 0) return system_error("receive from a wire");
    std::string_view bytes(frame.data(), static_cast<std::size_t>(received));
    if (bytes.size() < ETH_HLEN) continue;
    if (auto packet = packet_of(bytes.substr(ETH_HLEN)))
      path.emerged.push_back({.interface = names_by_index_[from.sll_ifindex], .packet = *packet});
  }
}

}  // namespace pyfw::differential
