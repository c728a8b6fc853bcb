#include "trace_socket.h"

#include <sys/socket.h>

#include <cerrno>

#include "sys/process.h"

namespace pyfw::differential {

Result<TraceSocket> TraceSocket::open() {
  TraceSocket socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (socket.get() == nullptr || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    return system_error("netlink");
  int size = 16 << 20;
  if (setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    return system_error("netlink: receive buffer");
  return socket;
}

Result<void> TraceSocket::drain(const std::function<void(const nlmsghdr&)>& on_message) {
  while (true) {
    auto received = recv(fd(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0 && errno == EAGAIN) return {};
    if (received < 0) return system_error("netlink: the kernel's trace");
    auto left = static_cast<int>(received);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer_.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left))
      if (message->nlmsg_type >= NLMSG_MIN_TYPE) on_message(*message);
  }
}

}  // namespace pyfw::differential
