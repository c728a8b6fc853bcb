// What the kernel tells everyone who listens: that nftables' rules, or interfaces, addresses and routes, have
// changed. What has changed is not told here: whoever wakes looks for himself.
//
//   TRY(auto rules, NetlinkEvents::open(NETLINK_NETFILTER, {NFNLGRP_NFTABLES}));
//   …                                     // poll(2) on rules.fd()
//   if (auto heard = rules.take(); heard.lost) …

#pragma once

#include <initializer_list>

#include "base/error.h"
#include "netlink/netlink_socket.h"

namespace pyfw {

struct Heard {
  bool some = false;
  bool lost = false;  // events did not fit in the buffer

  bool operator==(const Heard&) const = default;
};

class NetlinkEvents {
 public:
  // In the network namespace of the calling thread. `groups` are numbers of multicast groups.
  static Result<NetlinkEvents> open(int protocol, std::initializer_list<int> groups);

  [[nodiscard]] int fd() const { return mnl_socket_get_fd(socket_.get()); }
  // All that came since the last time; does not wait.
  Heard take();

 private:
  explicit NetlinkEvents(NetlinkSocket socket) : socket_(std::move(socket)) {}

  NetlinkSocket socket_;
};

}  // namespace pyfw
