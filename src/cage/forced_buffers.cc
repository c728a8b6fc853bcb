#include "cage/forced_buffers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace pyfw {
namespace {

constexpr int kMost = 32 << 20;
constexpr long kPidfdGetfd = 438;

// A copy of the caller's socket, if it still waits: its number could be somebody else's by now.
Fd socket_of(const Fd& listener, const seccomp_notif& call) {
  Fd process(static_cast<int>(syscall(SYS_pidfd_open, call.pid, 0)));
  if (!process.valid()) return {};
  Fd socket(static_cast<int>(syscall(kPidfdGetfd, process.get(), call.data.args[0], 0)));
  auto id = call.id;
  if (ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) != 0) return {};
  return socket;
}

int wanted_size(const seccomp_notif& call) {
  int size = 0;
  Fd memory(open(fmt::format("/proc/{}/mem", call.pid).c_str(), O_RDONLY | O_CLOEXEC));
  auto place = static_cast<off_t>(call.data.args[3]);
  return pread(memory.get(), &size, sizeof(size), place) == sizeof(size) ? std::min(size, kMost) : 0;
}

bool enlarge(const Fd& socket, int option, int size) {
  int domain = 0;
  socklen_t length = sizeof(domain);
  if (size <= 0 || getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0 ||
      domain != AF_NETLINK)
    return false;
  if (setsockopt(socket.get(), SOL_SOCKET, option, &size, sizeof(size)) == 0) return true;
  // Where we are not root, at least as far as anybody may.
  int modest = option == SO_SNDBUFFORCE ? SO_SNDBUF : SO_RCVBUF;
  return setsockopt(socket.get(), SOL_SOCKET, modest, &size, sizeof(size)) == 0;
}

}  // namespace

void answer_buffer_call(const Fd& listener) {
  // A newer kernel's may be longer.
  union {
    seccomp_notif call;
    char room[512];  // NOLINT
  } request{};
  if (ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) return;
  union {
    seccomp_notif_resp answer;
    char room[512];  // NOLINT
  } response{};
  auto socket = socket_of(listener, request.call);
  bool is_done = socket.valid() &&
                 enlarge(socket, static_cast<int>(request.call.data.args[2]), wanted_size(request.call));
  response.answer.id = request.call.id;
  response.answer.error = is_done ? 0 : -EPERM;
  (void)ioctl(listener.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
}

}  // namespace pyfw
