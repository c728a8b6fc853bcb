// A netlink socket on which the kernel tells of packets, without being asked.

#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/error.h"
#include "netlink/netfilter_socket.h"

namespace pyfw::differential {

class TraceSocket {
 public:
  // In the network namespace of the calling thread.
  static Result<TraceSocket> open();

  [[nodiscard]] int fd() const { return mnl_socket_get_fd(socket_.get()); }
  [[nodiscard]] mnl_socket* get() const { return socket_.get(); }

  // All that was told by now. Fails where the kernel could not tell all, since the socket was full.
  Result<void> drain(const std::function<void(const nlmsghdr&)>& on_message);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
  };
  explicit TraceSocket(mnl_socket* socket) : socket_(socket) {}

  std::unique_ptr<mnl_socket, Close> socket_;
  std::vector<char> buffer_ = std::vector<char>(65536);
};

}  // namespace pyfw::differential
