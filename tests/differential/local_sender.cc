#include "local_sender.h"

#include <netinet/in.h>
#include <sys/fsuid.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

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

template <typename Info>
void put_control(msghdr& message, int level, int type, const Info& info) {
  auto* control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(control), &info, sizeof info);
  message.msg_controllen = CMSG_SPACE(sizeof info);
}

// Routing shall know of the source, as it does of a socket that is bound.
void put_source(msghdr& message, const Ip& source) {
  if (source.family() == Family::kIpv4) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.bytes().data(), 4);
    return put_control(message, IPPROTO_IP, IP_PKTINFO, info);
  }
  in6_pktinfo info{};
  std::memcpy(&info.ipi6_addr, source.bytes().data(), 16);
  put_control(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
}

socklen_t put_destination(sockaddr_storage& to, const Ip& destination) {
  if (destination.family() == Family::kIpv4) {
    auto& in = reinterpret_cast<sockaddr_in&>(to);
    in.sin_family = AF_INET;
    std::memcpy(&in.sin_addr, destination.bytes().data(), 4);
    return sizeof in;
  }
  auto& in6 = reinterpret_cast<sockaddr_in6&>(to);
  in6.sin6_family = AF_INET6;
  std::memcpy(&in6.sin6_addr, destination.bytes().data(), 16);
  return sizeof in6;
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
  auto bytes = bytes_of(shipment.sent);
  sockaddr_storage to{};
  iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
  alignas(cmsghdr) std::array<char, 64> control{};
  msghdr message{};
  message.msg_name = &to;
  message.msg_namelen = put_destination(to, shipment.sent.packet.destination);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  put_source(message, shipment.sent.packet.source);
  if (sendmsg(socket.get(), &message, 0) < 0 && !is_no_failure(errno))
    return system_error("send from the host");
  return {};
}

}  // namespace pyfw::differential
