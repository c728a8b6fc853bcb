#include "sys/namespace_cookie.h"

#include <sys/socket.h>

#include "base/fd.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

namespace pyfw {

std::optional<std::uint64_t> namespace_cookie() {
  Fd any(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  std::uint64_t number = 0;
  socklen_t size = sizeof number;
  if (!any.valid() || getsockopt(any.get(), SOL_SOCKET, SO_NETNS_COOKIE, &number, &size) != 0)
    return std::nullopt;
  return number;
}

}  // namespace pyfw
