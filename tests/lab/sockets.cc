#include "lab/sockets.h"

#include <sched.h>
#include <sys/socket.h>

#include <future>

#include "sys/process.h"

namespace pyfw::lab {

Result<Fd> socket_in(int network, int family, int type) {
  auto made = std::async(std::launch::async, [network, family, type]() -> Result<Fd> {
    if (setns(network, CLONE_NEWNET) != 0) return system_error("setns");
    Fd fd(socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.valid()) return system_error("socket");
    return fd;
  });
  return made.get();
}

}  // namespace pyfw::lab
