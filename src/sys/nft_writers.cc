#include "sys/nft_writers.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "sys/process.h"

namespace pyfw {
namespace {

// A commit of 10,000 rules makes 10,000 events, of some hundred bytes each.
constexpr int kBufferBytes = 4 << 20;

constexpr std::uint16_t kNewGeneration = (NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_NEWGEN;

}  // namespace

Result<NftWriters> NftWriters::open() {
  TRY(auto socket, NetfilterSocket::open());
  auto fd = mnl_socket_get_fd(socket.get());
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kBufferBytes, sizeof(kBufferBytes)) != 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof(kBufferBytes));
  int group = NFNLGRP_NFTABLES;
  if (mnl_socket_setsockopt(socket.get(), NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
    return system_error("listen to nftables");
  return NftWriters(std::move(socket));
}

std::vector<NftWriter> NftWriters::writers() {
  std::vector<NftWriter> writers;
  std::vector<char> buffer(65536);
  while (true) {
    auto received = recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received < 0 && (errno == EINTR || errno == ENOBUFS)) continue;
    if (received <= 0) return writers;
    auto left = static_cast<int>(received);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_type != kNewGeneration) continue;
      NetlinkAttributes<NFTA_GEN_MAX + 1> attributes(*message, sizeof(nfgenmsg));
      writers.push_back({.pid = attributes.number(NFTA_GEN_PROC_PID),
                         .program = std::string(attributes.text(NFTA_GEN_PROC_NAME))});
    }
  }
}

}  // namespace pyfw
