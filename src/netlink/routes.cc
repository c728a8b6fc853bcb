#include "netlink/routes.h"

#include <fmt/format.h>

#include "netlink/rtnetlink.h"

namespace pyfw {
namespace {

using Attributes = NetlinkAttributes<RTA_MAX + 1>;

std::optional<RouteType> type_of(unsigned type) {
  switch (type) {
    case RTN_UNICAST: return RouteType::kUnicast;
    case RTN_LOCAL: return RouteType::kLocal;
    case RTN_BROADCAST: return RouteType::kBroadcast;
    case RTN_ANYCAST: return RouteType::kAnycast;
    case RTN_MULTICAST: return RouteType::kMulticast;
    case RTN_BLACKHOLE: return RouteType::kBlackhole;
    case RTN_UNREACHABLE: return RouteType::kUnreachable;
    case RTN_PROHIBIT: return RouteType::kProhibit;
    case RTN_THROW: return RouteType::kThrow;
    default: return {};
  }
}

// Of either family, whatever the route's own is: `via inet6 fe80::1`.
std::optional<Ip> gateway_in(Family family, const Attributes& attributes) {
  if (attributes[RTA_GATEWAY] != nullptr) return address_in(family, attributes[RTA_GATEWAY]);
  if (attributes[RTA_VIA] == nullptr) return {};
  auto via = payload_of(*attributes[RTA_VIA]);
  std::uint16_t number = 0;
  if (via.size() < sizeof(number)) return {};
  std::memcpy(&number, via.data(), sizeof(number));
  via.remove_prefix(sizeof(number));
  auto of_gateway = family_of_number(number);
  if (!of_gateway || via.size() < address_bits(*of_gateway) / 8) return {};
  return Ip::from_bytes(*of_gateway, reinterpret_cast<const std::uint8_t*>(via.data()));
}

struct NextHop {
  std::uint32_t interface = 0;
  std::optional<Ip> gateway{};
  bool is_first_of_several = false;
};

NextHop first_of(std::string_view hops, Family family) {
  rtnexthop first{};
  if (hops.size() < sizeof(first)) return {};
  std::memcpy(&first, hops.data(), sizeof(first));
  if (first.rtnh_len < sizeof(first) || first.rtnh_len > hops.size()) return {};
  return {
      .interface = static_cast<std::uint32_t>(first.rtnh_ifindex),
      .gateway = gateway_in(family, Attributes(hops.substr(sizeof(first), first.rtnh_len - sizeof(first)))),
      .is_first_of_several = NLMSG_ALIGN(first.rtnh_len) < hops.size()};
}

NextHop hop_of(Family family, const Attributes& attributes) {
  if (attributes[RTA_MULTIPATH] != nullptr) return first_of(payload_of(*attributes[RTA_MULTIPATH]), family);
  return {.interface = attributes.host_number(RTA_OIF), .gateway = gateway_in(family, attributes)};
}

std::uint32_t table_of(const rtmsg& own, const Attributes& attributes) {
  return attributes[RTA_TABLE] != nullptr ? attributes.host_number(RTA_TABLE) : own.rtm_table;
}

std::string others_of(Family family, const rtmsg& own, const Attributes& attributes) {
  std::string others;
  if (own.rtm_tos != 0) others = fmt::format("tos 0x{:x}", own.rtm_tos);
  if (own.rtm_src_len == 0) return others;
  auto source = address_in(family, attributes[RTA_SRC]).value_or(any_address(family));
  return others + fmt::format("{}from {}/{}", others.empty() ? "" : " ", source.to_string(), own.rtm_src_len);
}

// None for what the kernel does not take for a packet's way, or what is not asked for.
std::optional<Route> route_in(const nlmsghdr& message, const Interfaces& interfaces, WhichRoutes which) {
  const auto* own = own_header<rtmsg>(message);
  if (own == nullptr || (own->rtm_flags & (RTM_F_CLONED | RTNH_F_DEAD)) != 0) return {};
  auto family = family_of_number(own->rtm_family);
  auto type = type_of(own->rtm_type);
  if (!family || !type) return {};
  Attributes attributes(message, sizeof(*own));
  auto table = table_of(*own, attributes);
  if (which == WhichRoutes::kUnicastOfMain && (type != RouteType::kUnicast || table != kMainTable)) return {};
  auto hop = hop_of(*family, attributes);
  return Route{.destination = {.ip = address_in(*family, attributes[RTA_DST]).value_or(any_address(*family)),
                               .length = own->rtm_dst_len},
               .gateway = hop.gateway,
               .interface = name_of(interfaces, hop.interface),
               .metric = attributes.host_number(RTA_PRIORITY),
               .type = *type,
               .table = table,
               .preferred_source = address_in(*family, attributes[RTA_PREFSRC]),
               .has_more_hops = hop.is_first_of_several,
               .others = others_of(*family, *own, attributes)};
}

}  // namespace

Result<std::vector<Route>> read_routes(NetlinkSocket& socket, const Interfaces& interfaces,
                                       WhichRoutes which) {
  std::vector<Route> routes;
  TRY_VOID(socket.dump(
      RTM_GETROUTE, rtmsg{}, [&] { routes.clear(); },
      [&](const nlmsghdr& message) {
        if (auto route = route_in(message, interfaces, which)) routes.push_back(std::move(*route));
      }));
  return routes;
}

}  // namespace pyfw
