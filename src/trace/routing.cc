// Routing decisions: ip_route_input_slow() and ip_route_output_key() of Linux, and what IPv6 does otherwise.

#include <algorithm>

#include "net/address_kinds.h"
#include "trace/journey.h"
#include "trace/kernel_settings.h"

namespace pyfw {
namespace {

AskRoutingRule asker(Journey& journey) {
  return [&journey](const RoutingRule& rule) {
    auto what = rule.others.empty() ? std::string("fwmark") : rule.others;
    return ask(journey, "the routing rule " + std::to_string(rule.priority) + " (" + what + ")");
  };
}

bool is_mark_unknown(const Journey& journey) {
  return std::ranges::any_of(journey.clouds, [](const Unpredictable* cloud) { return cloud->changes_mark; });
}

void decide(Journey& journey, const RouteAnswer& found, bool again) {
  Routing way{.type = found.type, .again = again};
  if (found.route != nullptr) {
    way.route = *found.route;
    way.out_interface = found.route->interface;
    way.gateway = found.route->gateway;
  }
  journey.way = way;
  record(journey, StepKind::kRouted, journey.path.routings.size());
  journey.path.routings.push_back(std::move(way));
}

bool refuse(Journey& journey, DropReason reason, bool is_told = false) {
  drop(journey, reason);
  journey.path.ending.is_told = is_told;
  return false;
}

// Why a search of the tables led nowhere; what the sender is told is the caller's.
DropReason reason_of(const RouteAnswer& found) {
  if (found.route == nullptr && !found.is_ended_by_rule) return DropReason::kNoRoute;
  switch (found.type) {
    case RouteType::kBlackhole: return DropReason::kBlackhole;
    case RouteType::kProhibit: return DropReason::kProhibit;
    default: return DropReason::kUnreachable;
  }
}

bool lead_nowhere(Journey& journey, const RouteAnswer& found, bool can_tell) {
  auto reason = reason_of(found);
  return refuse(journey, reason, can_tell && reason != DropReason::kBlackhole);
}

// Without facts there are no routes; then only the one question can be put.
bool route_unknown(Journey& journey) {
  const auto& destination = journey.now.packet.destination;
  if (ask(journey, "whether " + destination.to_string() + " is the host's own address")) {
    decide(journey, {.type = RouteType::kLocal}, false);
    return true;
  }
  journey.path.questions.push_back({.on = "the host's routes", .supposed = true});
  refuse(journey, DropReason::kNone);
  journey.path.ending.kind = EndKind::kUnknown;
  return false;
}

bool is_address_of_interface(const Facts& facts, const Ip& ip) {
  return std::ranges::any_of(facts.interfaces, [&](const Interface& interface) {
    return std::ranges::find(interface.addresses, ip, &Prefix::ip) != interface.addresses.end();
  });
}

// fib_validate_source(): can a packet from there come in here?
DropReason doubt_of_source(Journey& journey) {
  const auto& host = journey.host;
  const auto& now = journey.now;
  const auto& packet = now.packet;
  int filter = rp_filter(host.facts, now.in_interface);
  bool is_forwarded = journey.way.type == RouteType::kUnicast;
  // Where it would leave as it came, a redirect may be due, and the tables are asked for that.
  bool turns_round = is_forwarded && journey.way.out_interface == now.in_interface;
  if (filter == 0 && !turns_round && !host.routes.has_own_rules(Family::kIpv4))
    return is_address_of_interface(host.facts, packet.source) ? DropReason::kMartianSource
                                                              : DropReason::kNone;
  RouteQuery back{.destination = packet.source, .source = packet.destination, .in_interface = "lo"};
  if (is_forwarded) back.in_interface = journey.way.out_interface;
  auto found = host.routes.look_up(back, asker(journey));
  auto unless_filtered = filter == 0 ? DropReason::kNone : DropReason::kReversePath;
  if (!found.leads()) return unless_filtered;
  if (found.type != RouteType::kUnicast) return DropReason::kMartianSource;
  const auto& by = found.route->interface;
  if (by == now.in_interface || host.routes.is_also_by(*found.route, now.in_interface))
    return DropReason::kNone;
  return filter == 1 ? DropReason::kReversePath : DropReason::kNone;
}

// 255.255.255.255; and of old 0.0.0.0, from who has no address yet.
bool is_for_whole_link(const Packet& packet) {
  return is_limited_broadcast(packet.destination) || (is_any(packet.source) && is_any(packet.destination));
}

// What the first lines of ip_route_input_slow() refuse, whatever the tables say.
DropReason martian_of(const Journey& journey) {
  const auto& packet = journey.now.packet;
  if (is_multicast(packet.source) || is_limited_broadcast(packet.source)) return DropReason::kMartianSource;
  if (is_for_whole_link(packet)) return DropReason::kNone;
  if (is_any(packet.source) && !is_multicast(packet.destination)) return DropReason::kMartianSource;
  if (is_any(packet.destination)) return DropReason::kMartianDestination;
  if (routes_localnet(journey.host.facts, journey.now.in_interface)) return DropReason::kNone;
  if (is_loopback(packet.destination)) return DropReason::kMartianDestination;
  return is_loopback(packet.source) ? DropReason::kMartianSource : DropReason::kNone;
}

// Groups that every host has joined.
bool is_joined_by_all(const Ip& group) {
  return group == *Ip::parse("224.0.0.1") || group == *Ip::parse("ff02::1") || group == *Ip::parse("ff01::1");
}

bool route_group(Journey& journey) {
  const auto& group = journey.now.packet.destination;
  if (!is_joined_by_all(group) && !ask(journey, "whether the host has joined " + group.to_string()))
    return refuse(journey, DropReason::kNotForUs);
  decide(journey, {.type = RouteType::kMulticast}, false);
  if (journey.family() == Family::kIpv6 || is_any(journey.now.packet.source)) return true;
  auto doubt = doubt_of_source(journey);
  return doubt == DropReason::kNone || refuse(journey, doubt);
}

bool is_for_us(RouteType type) {
  return type == RouteType::kLocal || type == RouteType::kBroadcast || type == RouteType::kAnycast ||
         type == RouteType::kMulticast;
}

bool route_arrived_ipv4(Journey& journey) {
  const auto& now = journey.now;
  const auto& facts = journey.host.facts;
  if (auto reason = martian_of(journey); reason != DropReason::kNone) return refuse(journey, reason);
  if (is_multicast(now.packet.destination)) return route_group(journey);
  RouteAnswer found{.type = RouteType::kBroadcast};
  if (!is_for_whole_link(now.packet))
    found = journey.host.routes.look_up({.destination = now.packet.destination,
                                         .source = now.packet.source,
                                         .in_interface = now.in_interface,
                                         .mark = now.mark,
                                         .is_mark_unknown = is_mark_unknown(journey)},
                                        asker(journey));
  decide(journey, found, false);
  bool can_forward = forwards(facts, now.in_interface, Family::kIpv4);
  if (!found.leads()) return lead_nowhere(journey, found, can_forward);
  if (!is_for_us(found.type) && !can_forward) return refuse(journey, DropReason::kNoForwarding);
  if (is_any(now.packet.source)) return true;
  auto doubt = doubt_of_source(journey);
  return doubt == DropReason::kNone || refuse(journey, doubt);
}

bool route_arrived_ipv6(Journey& journey) {
  const auto& now = journey.now;
  if (is_multicast(now.packet.destination)) return route_group(journey);
  // Its route must be by the interface that it came in by (rt6_need_strict()).
  bool is_strict = is_link_local(now.packet.destination) || is_loopback(now.packet.destination);
  auto found = journey.host.routes.look_up(
      {.destination = now.packet.destination,
       .source = now.packet.source,
       .in_interface = now.in_interface,
       .out_interface = is_strict ? std::string_view(now.in_interface) : std::string_view(),
       .mark = now.mark,
       .is_mark_unknown = is_mark_unknown(journey)},
      asker(journey));
  decide(journey, found, false);
  return found.leads() || lead_nowhere(journey, found, true);
}

RouteAnswer way_of_own(Journey& journey) {
  const auto& now = journey.now;
  std::optional<Ip> source;
  if (!is_any(now.packet.source)) source = now.packet.source;
  return journey.host.routes.look_up({.destination = now.packet.destination,
                                      .source = source,
                                      .in_interface = "lo",
                                      .out_interface = journey.arrival.bound_to,
                                      .mark = now.mark,
                                      .is_mark_unknown = is_mark_unknown(journey)},
                                     asker(journey));
}

// To itself the host sends by lo, whatever interface the address is on.
bool take_own_way(Journey& journey, const RouteAnswer& found, bool again) {
  decide(journey, found, again);
  if (!found.leads()) return lead_nowhere(journey, found, true);
  auto& way = journey.way;
  if (way.type == RouteType::kLocal || way.type == RouteType::kAnycast) {
    way.out_interface = "lo";
    journey.path.routings.back().out_interface = "lo";
  }
  // 127.0.0.1 does not leave the host (__mkroute_output()).
  if (journey.family() == Family::kIpv4 && is_loopback(journey.now.packet.source) &&
      way.out_interface != "lo" && !routes_localnet(journey.host.facts, way.out_interface))
    return refuse(journey, DropReason::kMartianSource, true);
  return true;
}

}  // namespace

bool route_arrived(Journey& journey) {
  if (!journey.host.routes.knows(journey.family())) return route_unknown(journey);
  return journey.family() == Family::kIpv4 ? route_arrived_ipv4(journey) : route_arrived_ipv6(journey);
}

bool route_own(Journey& journey) {
  auto& packet = journey.now.packet;
  const auto& routes = journey.host.routes;
  if (!routes.knows(journey.family())) return route_unknown(journey);
  if (!journey.arrival.has_any_source && !is_any(packet.source) && !routes.is_local(packet.source))
    return refuse(journey, DropReason::kMartianSource, true);
  return take_own_way(journey, way_of_own(journey), false);
}

bool route_own_again(Journey& journey) {
  if (!journey.host.routes.knows(journey.family())) return true;
  return take_own_way(journey, way_of_own(journey), true);
}

}  // namespace pyfw
