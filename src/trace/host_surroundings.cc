#include "trace/host_surroundings.h"

#include "trace/address_kinds.h"

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

std::optional<bool> HostSurroundings::passes_rpfilter(const Ip& source, const Ip& destination,
                                                      std::string_view in_interface, bool loose,
                                                      std::uint32_t mark) const {
  if (in_interface == "lo") return true;
  if (!routes_.knows(source.family())) return {};
  bool can_be_told = true;
  RouteQuery back{.destination = source, .source = destination, .in_interface = "lo", .mark = mark};
  if (source.family() == Family::kIpv6 && !loose) back.out_interface = in_interface;
  auto found = routes_.look_up(back, [&](const RoutingRule&) {
    can_be_told = false;
    return false;
  });
  if (!can_be_told) return {};
  if (found.type != RouteType::kUnicast || found.route == nullptr) return false;
  return loose || found.route->interface == in_interface || routes_.is_also_by(*found.route, in_interface);
}

}  // namespace pyfw
