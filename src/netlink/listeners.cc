#include "netlink/listeners.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "net/address_kinds.h"
#include "netlink/links.h"
#include "netlink/rtnetlink.h"
#include "sys/process_sockets.h"

namespace pyfw {
namespace {

using Sockets = std::vector<ListeningSocket>;

constexpr std::size_t kV4InV6 = 12;  // where ::ffff:192.0.2.1 begins to be an address of IPv4

std::optional<Ip> mapped(const Ip& ip) {
  constexpr std::array<std::uint8_t, kV4InV6> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (ip.family() != Family::kIpv6 || !std::equal(kMapped.begin(), kMapped.end(), ip.bytes().begin()))
    return {};
  return Ip::from_bytes(Family::kIpv4, ip.bytes().data() + kV4InV6);
}

void take_socket(const nlmsghdr& message, std::uint8_t protocol, const Interfaces& interfaces,
                 Sockets& sockets) {
  const auto* own = own_header<inet_diag_msg>(message);
  auto family = own == nullptr ? std::nullopt : family_of_number(own->idiag_family);
  if (!family) return;
  auto address = Ip::from_bytes(*family, reinterpret_cast<const std::uint8_t*>(own->id.idiag_src));
  ListeningSocket socket{.listener = {.protocol = protocol,
                                      .address = mapped(address).value_or(address),
                                      .port = ntohs(own->id.idiag_sport),
                                      .interface = name_of(interfaces, own->id.idiag_if)},
                         .inode = own->idiag_inode};
  sockets.push_back(socket);
  NetlinkAttributes<INET_DIAG_SKV6ONLY + 1> attributes(message, sizeof(*own));
  if (*family != Family::kIpv6 || !is_any(address) || attributes.byte(INET_DIAG_SKV6ONLY) != 0) return;
  socket.listener.address = any_address(Family::kIpv4);
  sockets.push_back(socket);
}

Result<void> add_sockets(NetlinkSocket& netlink, int family, std::uint8_t protocol,
                         const Interfaces& interfaces, Sockets& sockets) {
  auto begin = sockets.size();
  // Of UDP a socket that is not connected is in the state of a closed one.
  auto state = protocol == kTcp ? TCP_LISTEN : TCP_CLOSE;
  inet_diag_req_v2 own{};
  own.sdiag_family = static_cast<std::uint8_t>(family);
  own.sdiag_protocol = protocol;
  own.idiag_states = 1U << static_cast<unsigned>(state);
  return netlink.dump(
      SOCK_DIAG_BY_FAMILY, own, [&] { sockets.resize(begin); },
      [&](const nlmsghdr& message) { take_socket(message, protocol, interfaces, sockets); });
}

}  // namespace

Result<std::vector<ListeningSocket>> read_listening_sockets() {
  TRY(auto routing, NetlinkSocket::open(NETLINK_ROUTE));
  TRY(auto interfaces, read_interfaces(routing));
  TRY(auto netlink, NetlinkSocket::open(NETLINK_SOCK_DIAG));
  Sockets sockets;
  for (auto family : {AF_INET, AF_INET6})
    for (std::uint8_t protocol : {kTcp, kUdp})
      TRY_VOID(add_sockets(netlink, family, protocol, interfaces, sockets));
  return sockets;
}

Result<std::vector<Listener>> read_listeners() {
  TRY(auto sockets, read_listening_sockets());
  std::set<std::uint64_t> inodes;
  for (const auto& socket : sockets) inodes.insert(socket.inode);
  auto holders = holders_of(inodes);
  std::vector<Listener> listeners;
  for (auto& [listener, inode] : sockets) {
    if (auto holder = holders.find(inode); holder != holders.end()) listener.program = holder->second;
    listeners.push_back(std::move(listener));
  }
  // Several sockets may share a port.
  auto key = [](const Listener& one) {
    return std::tie(one.protocol, one.port, one.address, one.interface, one.program);
  };
  std::ranges::sort(listeners, {}, key);
  auto doubled = std::ranges::unique(listeners);
  listeners.erase(doubled.begin(), doubled.end());
  return listeners;
}

}  // namespace pyfw
