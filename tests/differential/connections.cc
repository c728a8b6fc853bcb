#include "connections.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/socket.h>

#include <cerrno>

#include "sys/process.h"

namespace pyfw::differential {

Result<Connections> Connections::open() {
  TRY(auto socket, NetfilterSocket::open());
  return Connections(std::move(socket));
}

Result<void> Connections::forget_all() {
  NetfilterRequest request(NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE, AF_UNSPEC);
  errno = socket_.ask(request, [](const nlmsghdr&) {});
  if (errno != 0) return system_error("conntrack");
  return {};
}

}  // namespace pyfw::differential
