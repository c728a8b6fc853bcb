#include "trace/host_surroundings.h"

#include "net/address_kinds.h"

namespace pyfw {
namespace {

AddressType type_of(RouteType type) {
  switch (type) {
    case RouteType::kLocal: return kTypeLocal;
    case RouteType::kBroadcast: return kTypeBroadcast;
    case RouteType::kAnycast: return kTypeAnycast;
    case RouteType::kMulticast: return kTypeMulticast;
    case RouteType::kBlackhole: return kTypeBlackhole;
    case RouteType::kUnreachable: return kTypeUnreachable;
    case RouteType::kProhibit: return kTypeProhibit;
    default: return kTypeUnicast;
  }
}

// rpfilter_lookup_reverse(), and rpfilter_lookup_reverse6(), to which a group is as good as a host.
bool can_be_way_back(RouteType type, Family family, bool accepts_local) {
  if (type == RouteType::kLocal) return accepts_local;
  return type == RouteType::kUnicast || (family == Family::kIpv6 && type == RouteType::kMulticast);
}

}  // namespace

std::optional<AddressType> HostSurroundings::address_type(const Ip& ip, std::string_view interface) const {
  if (ip.family() == Family::kIpv4) {
    // __inet_dev_addr_type() asks nobody for these.
    if (ip.bytes()[0] == 0 || is_limited_broadcast(ip)) return kTypeBroadcast;
    if (is_multicast(ip)) return kTypeMulticast;
    if (!routes_.knows(ip.family())) return {};
    return type_of(routes_.in_local_table(ip, interface).type);
  }
  if (is_any(ip)) return kTypeUnspec;
  if (is_multicast(ip)) return kTypeMulticast;
  if (!routes_.knows(ip.family())) return {};
  auto local = routes_.in_local_table(ip, interface);
  if (local.route != nullptr) return type_of(local.type);
  // IPv6 asks all tables, and whatever refuses is unreachable to it.
  bool can_be_told = true;
  auto found = routes_.look_up({.destination = ip, .out_interface = interface}, [&](const RoutingRule&) {
    can_be_told = false;
    return false;
  });
  if (!can_be_told) return {};
  return found.leads() ? kTypeUnicast : kTypeUnreachable;
}

std::optional<bool> HostSurroundings::passes_rpfilter(const WayBack& back) const {
  if (back.in_interface == "lo") return true;
  auto family = back.source.family();
  if (!routes_.knows(family)) return {};
  bool can_be_told = true;
  RouteQuery query{.destination = back.source, .in_interface = "lo", .mark = back.mark};
  if (!is_multicast(back.destination)) query.source = back.destination;
  // Of other sources IPv6 only prefers the interface, among routes to the same prefix.
  if (family == Family::kIpv6 && is_link_local(back.source)) query.out_interface = back.in_interface;
  auto found = routes_.look_up(query, [&](const RoutingRule&) {
    can_be_told = false;
    return false;
  });
  if (!can_be_told) return {};
  if (found.route == nullptr || !can_be_way_back(found.type, family, back.accepts_local)) return false;
  // IPv6 does not ask which interface an address of its own is on.
  if (back.is_loose || (family == Family::kIpv6 && found.type == RouteType::kLocal)) return true;
  return found.route->interface == back.in_interface || routes_.is_also_by(*found.route, back.in_interface);
}

}  // namespace pyfw
