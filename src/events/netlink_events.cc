#include "events/netlink_events.h"

#include <sys/socket.h>

#include <cerrno>
#include <vector>

#include "sys/process.h"

namespace pyfw {
namespace {

// A restore of 10,000 rules makes as many events, of some hundred bytes each, in one commit.
constexpr int kBufferBytes = 8 << 20;

}  // namespace

Result<NetlinkEvents> NetlinkEvents::open(int protocol, std::initializer_list<int> groups) {
  TRY(auto socket, NetlinkSocket::open(protocol));
  auto fd = mnl_socket_get_fd(socket.get());
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kBufferBytes, sizeof(kBufferBytes)) != 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof(kBufferBytes));
  for (int group : groups)
    if (mnl_socket_setsockopt(socket.get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
      return system_error("listen to netlink");
  return NetlinkEvents(std::move(socket));
}

Heard NetlinkEvents::take() {
  Heard heard;
  std::vector<char> buffer(65536);
  while (true) {
    auto received = recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received > 0) {
      heard.some = true;
    } else if (received < 0 && errno == ENOBUFS) {
      heard.some = heard.lost = true;
    } else if (received == 0 || errno != EINTR) {
      return heard;
    }
  }
}

}  // namespace pyfw
