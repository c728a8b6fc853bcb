#include "sys/netfilter_socket.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>

#include <cerrno>

#include "sys/process.h"

namespace pyfw {

std::uint8_t nfproto(Family family) { return family == Family::kIpv4 ? NFPROTO_IPV4 : NFPROTO_IPV6; }

NetfilterRequest::NetfilterRequest(std::uint8_t subsystem, std::uint8_t message, std::uint8_t family,
                                   std::uint16_t flags) {
  auto* header = mnl_nlmsg_put_header(bytes_.data());
  header->nlmsg_type = static_cast<std::uint16_t>((subsystem << 8U) | message);
  // A dump says itself when it is done.
  header->nlmsg_flags =
      static_cast<std::uint16_t>(NLM_F_REQUEST | flags | ((flags & NLM_F_DUMP) != 0 ? 0 : NLM_F_ACK));
  auto* netfilter = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
  netfilter->nfgen_family = family;
  netfilter->version = NFNETLINK_V0;
}

NetfilterRequest& NetfilterRequest::add(std::uint16_t attribute, const std::string& text) {
  mnl_attr_put_strz_check(reinterpret_cast<nlmsghdr*>(bytes_.data()), bytes_.size(), attribute, text.c_str());
  return *this;
}

NetfilterRequest& NetfilterRequest::add_byte(std::uint16_t attribute, std::uint8_t number) {
  mnl_attr_put_u8_check(reinterpret_cast<nlmsghdr*>(bytes_.data()), bytes_.size(), attribute, number);
  return *this;
}

NetfilterRequest& NetfilterRequest::add_number(std::uint16_t attribute, std::uint32_t number) {
  mnl_attr_put_u32_check(reinterpret_cast<nlmsghdr*>(bytes_.data()), bytes_.size(), attribute,
                         htobe32(number));
  return *this;
}

NetfilterRequest& NetfilterRequest::add_long_number(std::uint16_t attribute, std::uint64_t number) {
  mnl_attr_put_u64_check(reinterpret_cast<nlmsghdr*>(bytes_.data()), bytes_.size(), attribute,
                         htobe64(number));
  return *this;
}

Result<NetfilterSocket> NetfilterSocket::open() {
  NetfilterSocket socket(mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC));
  if (socket.get() == nullptr || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0)
    return system_error("netlink");
  return socket;
}

int NetfilterSocket::ask(NetfilterRequest& request, const OnAnswer& on_answer) {
  auto* header = reinterpret_cast<nlmsghdr*>(request.bytes_.data());
  header->nlmsg_seq = next_sequence();
  if (mnl_socket_sendto(get(), header, header->nlmsg_len) < 0) return errno;
  bool overtaken = false;
  while (true) {
    auto received = mnl_socket_recvfrom(get(), buffer_.data(), buffer_.size());
    if (received < 0) return errno;
    auto left = static_cast<int>(received);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer_.data()); mnl_nlmsg_ok(message, left);
         message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_seq != sequence_) continue;
      if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0) overtaken = true;
      if (message->nlmsg_type == NLMSG_DONE) return overtaken ? EINTR : 0;
      if (message->nlmsg_type == NLMSG_ERROR) {
        if (mnl_nlmsg_get_payload_len(message) < sizeof(nlmsgerr)) return EBADMSG;
        auto error = -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
        return error != 0 ? error : overtaken ? EINTR : 0;
      }
      if (message->nlmsg_type >= NLMSG_MIN_TYPE && !overtaken) on_answer(*message);
    }
  }
}

int NetfilterSocket::ask_until_whole(NetfilterRequest& request, const std::function<void()>& begin,
                                     const OnAnswer& on_answer) {
  int error = EINTR;
  for (int i = 0; i < 100 && error == EINTR; ++i) {
    begin();
    error = ask(request, on_answer);
  }
  return error;
}

}  // namespace pyfw
