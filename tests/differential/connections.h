// The kernel's conntrack, which tests make forget what it has seen.

#pragma once

#include "base/error.h"
#include "netlink/netfilter_socket.h"

namespace pyfw::differential {

class Connections {
 public:
  // Of the calling thread's network namespace.
  static Result<Connections> open();
  Result<void> forget_all();

 private:
  explicit Connections(NetfilterSocket socket) : socket_(std::move(socket)) {}
  NetfilterSocket socket_;
};

}  // namespace pyfw::differential
