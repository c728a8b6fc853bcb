// A socket on which the kernel's netfilter answers: nftables and ipset. It is opened in the network namespace
// of the calling thread, and stays there wherever that thread goes.
//
//   TRY(auto socket, NetfilterSocket::open());
//   NetfilterRequest chains(NFNL_SUBSYS_NFTABLES, NFT_MSG_GETCHAIN, nfproto(family), NLM_F_DUMP);
//   int error = socket.ask(chains, [&](const nlmsghdr& answer) { … });

#pragma once

#include <endian.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "net/ip.h"
#include "netlink/netlink_socket.h"

namespace pyfw {

std::uint8_t nfproto(Family family);

// One message to netfilter; its attributes are as long as names are, so that a page holds them.
class NetfilterRequest {
 public:
  NetfilterRequest(std::uint8_t subsystem, std::uint8_t message, std::uint8_t family,
                   std::uint16_t flags = 0);

  NetfilterRequest& add(std::uint16_t attribute, const std::string& text);
  NetfilterRequest& add_byte(std::uint16_t attribute, std::uint8_t number);
  // In network order, as nftables and ipset want their numbers.
  NetfilterRequest& add_number(std::uint16_t attribute, std::uint32_t number);
  NetfilterRequest& add_long_number(std::uint16_t attribute, std::uint64_t number);

 private:
  friend class NetfilterSocket;
  alignas(nlmsghdr) std::array<char, 4096> bytes_{};
};

class NetfilterSocket {
 public:
  static Result<NetfilterSocket> open();

  using OnAnswer = NetlinkSocket::OnAnswer;
  // As NetlinkSocket does it.
  [[nodiscard]] int ask(NetfilterRequest& request, const OnAnswer& on_answer);
  [[nodiscard]] int ask_until_whole(NetfilterRequest& request, const std::function<void()>& begin,
                                    const OnAnswer& on_answer);

  Result<void> listen_to(std::initializer_list<int> groups, int buffer_bytes) {
    return socket_.listen_to(groups, buffer_bytes);
  }

  [[nodiscard]] mnl_socket* get() const { return socket_.get(); }
  std::uint32_t next_sequence() { return socket_.next_sequence(); }

 private:
  explicit NetfilterSocket(NetlinkSocket socket) : socket_(std::move(socket)) {}

  NetlinkSocket socket_;
};

}  // namespace pyfw
