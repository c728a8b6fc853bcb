#include "sys/netlink_facts.h"

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>
#include <memory>

#include "sys/process.h"

namespace pyfw {
namespace {

struct CloseSocket {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};
using Socket = std::unique_ptr<mnl_socket, CloseSocket>;

struct Collected {
  std::map<int, Interface> interfaces;
  std::map<int, int> bridges;  // a port's index, its master's
  struct NumberedRoute {
    Route route;
    int interface = 0;
  };
  std::vector<NumberedRoute> routes;
};

template <std::size_t kSize>
struct Attributes {
  std::array<const nlattr*, kSize> at{};

  static int keep(const nlattr* attribute, void* data) {
    auto type = mnl_attr_get_type(attribute);
    if (type < kSize) static_cast<Attributes*>(data)->at[type] = attribute;
    return MNL_CB_OK;
  }
};

std::optional<Ip> address(Family family, const nlattr* attribute) {
  if (attribute == nullptr || mnl_attr_get_payload_len(attribute) < address_bits(family) / 8) return {};
  return Ip::from_bytes(family, static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute)));
}

std::optional<Family> family_of(unsigned char value) {
  if (value == AF_INET) return Family::kIpv4;
  if (value == AF_INET6) return Family::kIpv6;
  return {};
}

int on_link(const nlmsghdr* header, void* data) {
  auto& collected = *static_cast<Collected*>(data);
  const auto* link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(header));
  Attributes<IFLA_MAX + 1> attributes;
  mnl_attr_parse(header, sizeof(*link), Attributes<IFLA_MAX + 1>::keep, &attributes);
  auto& interface = collected.interfaces[link->ifi_index];
  if (attributes.at[IFLA_IFNAME] != nullptr) interface.name = mnl_attr_get_str(attributes.at[IFLA_IFNAME]);
  interface.is_up = (link->ifi_flags & IFF_UP) != 0;
  if (attributes.at[IFLA_MASTER] != nullptr)
    collected.bridges[link->ifi_index] = static_cast<int>(mnl_attr_get_u32(attributes.at[IFLA_MASTER]));
  return MNL_CB_OK;
}

int on_address(const nlmsghdr* header, void* data) {
  auto& collected = *static_cast<Collected*>(data);
  const auto* message = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(header));
  Attributes<IFA_MAX + 1> attributes;
  mnl_attr_parse(header, sizeof(*message), Attributes<IFA_MAX + 1>::keep, &attributes);
  auto family = family_of(message->ifa_family);
  if (!family) return MNL_CB_OK;
  // IFA_ADDRESS is the peer's on a point-to-point link.
  const auto* own =
      attributes.at[IFA_LOCAL] != nullptr ? attributes.at[IFA_LOCAL] : attributes.at[IFA_ADDRESS];
  if (auto ip = address(*family, own))
    collected.interfaces[static_cast<int>(message->ifa_index)].addresses.push_back(
        {.ip = *ip, .length = message->ifa_prefixlen});
  return MNL_CB_OK;
}

int first_hop(const nlattr* multipath) {
  if (mnl_attr_get_payload_len(multipath) < sizeof(rtnexthop)) return 0;
  return static_cast<const rtnexthop*>(mnl_attr_get_payload(multipath))->rtnh_ifindex;
}

int on_route(const nlmsghdr* header, void* data) {
  auto& collected = *static_cast<Collected*>(data);
  const auto* message = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(header));
  Attributes<RTA_MAX + 1> attributes;
  mnl_attr_parse(header, sizeof(*message), Attributes<RTA_MAX + 1>::keep, &attributes);
  auto family = family_of(message->rtm_family);
  bool cloned = (message->rtm_flags & RTM_F_CLONED) != 0;
  if (!family || cloned || message->rtm_type != RTN_UNICAST || message->rtm_table != RT_TABLE_MAIN)
    return MNL_CB_OK;
  Collected::NumberedRoute route;
  const std::array<std::uint8_t, 16> kZero{};
  route.route.destination = {
      .ip = address(*family, attributes.at[RTA_DST]).value_or(Ip::from_bytes(*family, kZero.data())),
      .length = message->rtm_dst_len};
  route.route.gateway = address(*family, attributes.at[RTA_GATEWAY]);
  if (attributes.at[RTA_PRIORITY] != nullptr)
    route.route.metric = mnl_attr_get_u32(attributes.at[RTA_PRIORITY]);
  if (attributes.at[RTA_OIF] != nullptr)
    route.interface = static_cast<int>(mnl_attr_get_u32(attributes.at[RTA_OIF]));
  if (attributes.at[RTA_MULTIPATH] != nullptr) route.interface = first_hop(attributes.at[RTA_MULTIPATH]);
  collected.routes.push_back(std::move(route));
  return MNL_CB_OK;
}

Result<void> dump(mnl_socket* socket, std::uint16_t type, mnl_cb_t callback, Collected& collected) {
  std::vector<char> buffer(32768);
  auto* header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header->nlmsg_seq = static_cast<std::uint32_t>(type);
  // The kernel checks the length of the message's own header, which begins with the family: any.
  if (type == RTM_GETROUTE) {
    mnl_nlmsg_put_extra_header(header, sizeof(rtmsg));
  } else if (type == RTM_GETADDR) {
    mnl_nlmsg_put_extra_header(header, sizeof(ifaddrmsg));
  } else {
    mnl_nlmsg_put_extra_header(header, sizeof(ifinfomsg));
  }
  if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0) return system_error("netlink");
  while (true) {
    auto size = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
    if (size < 0) return system_error("netlink");
    auto result = mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), type,
                             mnl_socket_get_portid(socket), callback, &collected);
    if (result < MNL_CB_STOP) return system_error("netlink");
    if (result == MNL_CB_STOP) return {};
  }
}

}  // namespace

Result<Facts> read_facts() {
  Socket socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC));
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return system_error("netlink");
  Collected collected;
  TRY_VOID(dump(socket.get(), RTM_GETLINK, on_link, collected));
  TRY_VOID(dump(socket.get(), RTM_GETADDR, on_address, collected));
  TRY_VOID(dump(socket.get(), RTM_GETROUTE, on_route, collected));
  Facts facts;
  auto name_of = [&](int index) {
    auto found = collected.interfaces.find(index);
    return found == collected.interfaces.end() ? std::string() : found->second.name;
  };
  for (auto& [index, interface] : collected.interfaces) {
    if (auto bridge = collected.bridges.find(index); bridge != collected.bridges.end())
      interface.bridge = name_of(bridge->second);
    facts.interfaces.push_back(interface);
  }
  for (auto& route : collected.routes) {
    route.route.interface = name_of(route.interface);
    facts.routes.push_back(std::move(route.route));
  }
  return facts;
}

}  // namespace pyfw
