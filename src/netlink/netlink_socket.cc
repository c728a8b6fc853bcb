#include "netlink/netlink_socket.h"

#include <cerrno>
#include <system_error>

#include "sys/process.h"

namespace pyfw {
namespace {

// What a dump ended with.
int error_at_end(const nlmsghdr& message) {
  int error = 0;
  if (mnl_nlmsg_get_payload_len(&message) >= sizeof(error))
    std::memcpy(&error, mnl_nlmsg_get_payload(&message), sizeof(error));
  return error < 0 ? -error : 0;
}

}  // namespace

Result<NetlinkSocket> NetlinkSocket::open(int protocol) {
  NetlinkSocket socket(mnl_socket_open2(protocol, SOCK_CLOEXEC));
  if (socket.get() == nullptr || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    return system_error("netlink");
  return socket;
}

Result<void> NetlinkSocket::listen_to(std::initializer_list<int> groups, int buffer_bytes) {
  auto fd = mnl_socket_get_fd(get());
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof(buffer_bytes)) != 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
  for (int group : groups)
    if (mnl_socket_setsockopt(get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
      return system_error("listen to netlink");
  return {};
}

int NetlinkSocket::ask(nlmsghdr& request, const OnAnswer& on_answer) {
  request.nlmsg_seq = next_sequence();
  if (mnl_socket_sendto(get(), &request, request.nlmsg_len) < 0) return errno;
  bool overtaken = false;
  while (true) {
    auto received = mnl_socket_recvfrom(get(), buffer_.data(), buffer_.size());
    if (received < 0) return errno;
    auto left = static_cast<int>(received);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer_.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_seq != sequence_) continue;
      if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0) overtaken = true;
      if (message->nlmsg_type == NLMSG_DONE) return overtaken ? EINTR : error_at_end(*message);
      if (message->nlmsg_type == NLMSG_ERROR) {
        if (mnl_nlmsg_get_payload_len(message) < sizeof(nlmsgerr)) return EBADMSG;
        auto error = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
        return error != 0 ? error : overtaken ? EINTR : 0;
      }
      if (message->nlmsg_type >= NLMSG_MIN_TYPE && !overtaken) on_answer(*message);
    }
  }
}

int NetlinkSocket::ask_until_whole(nlmsghdr& request, const std::function<void()>& begin,
                                   const OnAnswer& on_answer) {
  int error = EINTR;
  for (int i = 0; i < 100 && error == EINTR; ++i) {
    begin();
    error = ask(request, on_answer);
  }
  return error;
}

std::unexpected<Error> NetlinkSocket::failed(int error) {
  return fail("netlink: " + std::generic_category().message(error));
}

}  // namespace pyfw
