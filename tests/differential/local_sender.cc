#include "local_sender.h"

#include <netinet/in.h>
#include <sys/fsuid.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/contains.h"
#include "nft_trace.h"
#include "stage.h"
#include "sys/process.h"

namespace pyfw::differential {
namespace {

// What the kernel says where routing ends a packet, or a rule drops it in OUTPUT.
bool is_no_failure(int error) {
  constexpr std::array kErrors = {ENETUNREACH, EHOSTUNREACH, EACCES,   EINVAL,
                                  EPERM,       EAGAIN,       ENETDOWN, EADDRNOTAVAIL};
  return contains(kErrors, error);
}

template <typename Value>
bool set(const Fd& socket, int level, int option, const Value& value) {
  return setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
}

}  // namespace

Result<Fd> LocalSender::open(const Who& who) {
  // `-m owner` looks at the credentials of whoever opened the socket.
  setfsgid(who.gid);
  setfsuid(who.uid);
  bool is_ipv4 = who.family == Family::kIpv4;
  Fd socket(::socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  setfsuid(0);
  setfsgid(0);
  if (!socket.valid()) return system_error("a raw socket");
  bool ready = is_ipv4 ? set(socket, IPPROTO_IP, IP_HDRINCL, 1) : set(socket, IPPROTO_IPV6, IPV6_HDRINCL, 1);
  ready =
      ready && set(socket, SOL_SOCKET, SO_PRIORITY, kOurPriority) && set(socket, SOL_SOCKET, SO_BROADCAST, 1);
  if (ready && !who.bound_to.empty())
    ready = setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, who.bound_to.c_str(),
                       static_cast<socklen_t>(who.bound_to.size())) == 0;
  if (!ready) return system_error("a raw socket");
  return socket;
}

Result<void> LocalSender::send(const Shipment& shipment) {
  Who who{.family = shipment.sent.packet.family(),
          .uid = shipment.uid,
          .gid = shipment.gid,
          .bound_to = shipment.bound_to};
  if (!sockets_.contains(who)) {
    TRY(sockets_[who], open(who));
  }
  const auto& socket = sockets_[who];
  if (!set(socket, SOL_SOCKET, SO_MARK, shipment.mark)) return system_error("SO_MARK");
  sockaddr_storage to{};
  const auto& destination = shipment.sent.packet.destination.bytes();
  socklen_t size = sizeof(sockaddr_in);
  if (who.family == Family::kIpv4) {
    auto& in = reinterpret_cast<sockaddr_in&>(to);
    in.sin_family = AF_INET;
    std::copy_n(destination.data(), 4, reinterpret_cast<std::uint8_t*>(&in.sin_addr));
  } else {
    auto& in6 = reinterpret_cast<sockaddr_in6&>(to);
    in6.sin6_family = AF_INET6;
    std::copy_n(destination.data(), 16, reinterpret_cast<std::uint8_t*>(&in6.sin6_addr));
    size = sizeof(sockaddr_in6);
  }
  auto bytes = bytes_of(shipment.sent);
  auto sent =
      sendto(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), size);
  if (sent < 0 && !is_no_failure(errno)) return system_error("send from the host");
  return {};
}

}  // namespace pyfw::differential
