#include "nft/nft_writers.h"

#include <fmt/format.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "sys/process_stat.h"

namespace pyfw {
namespace {

// A commit of 10,000 rules makes 10,000 events, of some hundred bytes each.
constexpr int kBufferBytes = 4 << 20;

constexpr std::uint16_t kNewGeneration = (NFNL_SUBSYS_NFTABLES << 8U) | NFT_MSG_NEWGEN;

// Who has started a program that has written: it still runs when its commit is told, for a moment. Where
// /proc counts otherwise than the kernel that number is another process, or none.
std::string caller_of(std::uint32_t pid, std::string_view program) {
  auto writer = read_process_stat(static_cast<pid_t>(pid));
  if (!writer || writer->name != program || writer->parent <= 1) return {};
  auto caller = read_process_stat(writer->parent);
  return caller ? fmt::format("{} (pid {})", caller->name, caller->pid) : "";
}

}  // namespace

Result<NftWriters> NftWriters::open() {
  TRY(auto socket, NetfilterSocket::open());
  TRY_VOID(socket.listen_to({NFNLGRP_NFTABLES}, kBufferBytes));
  return NftWriters(std::move(socket));
}

std::vector<NftWriter> NftWriters::writers() {
  take_what_is_there();
  return std::exchange(untold_, {});
}

bool NftWriters::has_told(std::uint32_t generation, int timeout_ms) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (true) {
    take_what_is_there();
    if (generation_ == generation) return true;
    auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{.fd = fd(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) == 0) return false;
  }
}

void NftWriters::take_what_is_there() {
  std::vector<char> buffer(65536);
  while (true) {
    auto received = recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (received < 0 && (errno == EINTR || errno == ENOBUFS)) continue;
    if (received <= 0) return;
    auto left = static_cast<int>(received);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_type != kNewGeneration) continue;
      NetlinkAttributes<NFTA_GEN_MAX + 1> attributes(*message, sizeof(nfgenmsg));
      generation_ = attributes.number(NFTA_GEN_ID);
      NftWriter writer{.generation = *generation_,
                       .pid = attributes.number(NFTA_GEN_PROC_PID),
                       .program = std::string(attributes.text(NFTA_GEN_PROC_NAME))};
      writer.caller = caller_of(writer.pid, writer.program);
      untold_.push_back(std::move(writer));
    }
  }
}

}  // namespace pyfw
