#include "netlink/netfilter_socket.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>

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
  TRY(auto socket, NetlinkSocket::open(NETLINK_NETFILTER));
  return NetfilterSocket(std::move(socket));
}

int NetfilterSocket::ask(NetfilterRequest& request, const OnAnswer& on_answer) {
  return socket_.ask(*reinterpret_cast<nlmsghdr*>(request.bytes_.data()), on_answer);
}

int NetfilterSocket::ask_until_whole(NetfilterRequest& request, const std::function<void()>& begin,
                                     const OnAnswer& on_answer) {
  return socket_.ask_until_whole(*reinterpret_cast<nlmsghdr*>(request.bytes_.data()), begin, on_answer);
}

}  // namespace pyfw
