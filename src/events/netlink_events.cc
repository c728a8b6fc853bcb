#include "events/netlink_events.h"

#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace pyfw {
namespace {

// A restore of 10,000 rules makes as many events, of some hundred bytes each, in one commit.
constexpr int kBufferBytes = 8 << 20;

}  // namespace

Result<NetlinkEvents> NetlinkEvents::open(int protocol, std::initializer_list<int> groups) {
  TRY(auto socket, NetlinkSocket::open(protocol));
  TRY_VOID(socket.listen_to(groups, kBufferBytes));
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
