// NAT: what rules make of a connection's first packet, and conntrack of the others.

#include "trace/bits.h"
#include "trace/conntrack.h"
#include "trace/journey.h"
#include "trace/own_addresses.h"
#include "trace/unique_tuple.h"

namespace pyfw {
namespace {

NatSide side_of(Hook hook) {
  return hook == Hook::kPrerouting || hook == Hook::kOutput ? NatSide::kDestination : NatSide::kSource;
}

bool& is_settled(Journey& journey) {
  return side_of(journey.now.hook) == NatSide::kDestination ? journey.has_destination : journey.has_source;
}

// A destination's port that is drawn by lot decides about much that comes after: each that it may be is
// supposed in turn. None where they are too many; then the journey has ended.
std::optional<std::uint16_t> supposed_port(Journey& journey, const UniqueTuple& found, const RuleRef& rule) {
  constexpr int kMostPorts = 32;
  const std::string kOn = "the port that NAT draws";
  if (found.any_of.last - found.any_of.first >= kMostPorts) {
    lose(journey, kOn, rule);
    return {};
  }
  auto first = found.tuple.destination_port;
  for (int port = found.any_of.first; port <= found.any_of.last; ++port)
    if (port != first && ask(journey, kOn, rule, std::to_string(port)))
      return static_cast<std::uint16_t>(port);
  journey.path.questions.push_back(
      {.rule = rule, .on = kOn, .supposed = true, .value = std::to_string(first)});
  return first;
}

// nf_nat_setup_info(): the connection's reply changes, and with it what becomes of its packets.
bool set_up(Journey& journey, NatRange range, const std::optional<RuleRef>& rule = {}) {
  auto side = side_of(journey.now.hook);
  const auto& drawn = journey.arrival.drawn_ports;
  bool is_told = journey.drawn < drawn.size();
  if (is_told) range.drawn_port = drawn[journey.drawn];
  auto& connection = *journey.now.connection;
  auto before = turned(connection.reply);
  auto found = unique_tuple(before, range, side, journey.arrival.connections);
  if (!found) return false;
  bool is_open = found->is_any_port && !is_told && tracks_ports(before.protocol);
  if (is_open && rule && side == NatSide::kDestination) {
    range.drawn_port = supposed_port(journey, *found, *rule);
    if (!range.drawn_port) return false;
    found = unique_tuple(before, range, side, journey.arrival.connections);
  }
  if (found->tuple != before) {
    connection.reply = turned(found->tuple);
    (side == NatSide::kSource ? connection.has_snat : connection.has_dnat) = true;
  }
  journey.nat_is_any_port = found->is_any_port;
  if (found->is_any_port) ++journey.drawn;
  is_settled(journey) = true;
  return true;
}

// redirect: to the host itself, by the address that the packet came in at.
std::optional<Ip> redirected_to(const Journey& journey) {
  auto family = journey.family();
  if (journey.now.hook == Hook::kOutput) return Ip::parse(family == Family::kIpv4 ? "127.0.0.1" : "::1");
  return first_address(journey.host, journey.now.in_interface, journey.now.packet.destination);
}

std::optional<Ip> masqueraded_as(const Journey& journey) {
  const auto& destination = journey.now.packet.destination;
  // IPv6 does not ask who is next (nf_nat_masquerade_ipv6()).
  auto next = journey.family() == Family::kIpv6 ? destination : journey.way.gateway.value_or(destination);
  return address_towards(journey.host, journey.now.out_interface, next);
}

Ip mapped(const Ip& own, const Prefix& network) {
  auto mask = mask_of(network.length);
  return ip_of(own.family(), (bits_of(network.ip) & mask) | (bits_of(own) & ~mask));
}

std::optional<AddressRange> just(const std::optional<Ip>& ip) {
  if (!ip) return {};
  return AddressRange{.first = *ip, .last = *ip};
}

// Those whose identifier NAT changes: icmp_manip_pkt(), and of ICMPv6 echoes only (icmpv6_manip_pkt()).
bool has_identifier(const Packet& packet) {
  auto type = packet.icmp_type;
  if (packet.protocol == kIcmp6) return type == 128 || type == 129;
  return packet.protocol == kIcmp && turned_icmp_type(Family::kIpv4, type) != type;
}

// The packet as its connection wants it in this hook (nf_nat_packet()).
Packet translated(const Encounter& now) {
  auto packet = now.packet;
  const auto& connection = *now.connection;
  bool is_source = side_of(now.hook) == NatSide::kSource;
  // What changes the source of the original direction changes the destination of the reply.
  bool is_on = is_source != connection.is_reply ? connection.has_snat : connection.has_dnat;
  if (!is_on) return packet;
  auto wanted = turned(connection.is_reply ? connection.original : connection.reply);
  if (has_identifier(packet)) packet.icmp_id = wanted.icmp_id;
  if (is_source) {
    packet.source = wanted.source;
    if (tracks_ports(packet.protocol)) packet.source_port = wanted.source_port;
  } else {
    packet.destination = wanted.destination;
    if (tracks_ports(packet.protocol)) packet.destination_port = wanted.destination_port;
  }
  return packet;
}

// nf_nat_oif_changed()
bool has_moved(const Encounter& now) {
  const auto& connection = *now.connection;
  return now.hook == Hook::kPostrouting && !connection.is_reply && !is_icmp_error(now.packet) &&
         !connection.masqueraded_by.empty() && connection.masqueraded_by != now.out_interface;
}

bool ask_rules(Journey& journey, const std::vector<ChainIndex>& chains) {
  for (auto chain : chains) {
    if (!walk_chain(journey, chain)) return false;
    if (is_settled(journey)) return true;
  }
  // Nobody translates it; but its ports must be its own (nf_nat_alloc_null_binding()).
  const auto& reply = journey.now.connection->reply;
  bool is_source = side_of(journey.now.hook) == NatSide::kSource;
  if (set_up(journey, {.addresses = just(is_source ? reply.destination : reply.source)})) return true;
  drop(journey, DropReason::kNoPortLeft);
  return false;
}

}  // namespace

bool settle(Journey& journey, const Nat& nat, const RuleRef& rule) {
  // The kernel takes such a rule only in nat, where connections are new.
  if (!journey.now.connection) return true;
  NatRange range{.addresses = nat.addresses,
                 .ports = nat.ports,
                 .port_base = nat.port_base,
                 .is_random = nat.is_random,
                 .is_persistent = nat.is_persistent};
  const auto& packet = journey.now.packet;
  bool is_source = side_of(journey.now.hook) == NatSide::kSource;
  switch (nat.kind) {
    case Nat::Kind::kDnat:
    case Nat::Kind::kSnat: break;
    case Nat::Kind::kMasquerade: range.addresses = just(masqueraded_as(journey)); break;
    case Nat::Kind::kRedirect: range.addresses = just(redirected_to(journey)); break;
    case Nat::Kind::kNetmap:
      range.addresses = just(mapped(is_source ? packet.source : packet.destination, *nat.network));
      break;
  }
  bool needs_address = nat.kind == Nat::Kind::kMasquerade || nat.kind == Nat::Kind::kRedirect;
  if (needs_address && !range.addresses) return false;
  if (nat.kind == Nat::Kind::kMasquerade) journey.now.connection->masqueraded_by = journey.now.out_interface;
  if (!set_up(journey, range, rule)) return false;
  journey.nat_rule = rule;
  return true;
}

bool translate(Journey& journey, const std::vector<ChainIndex>& chains) {
  auto& now = journey.now;
  // INVALID and UNTRACKED packets are nobody's.
  if (!now.connection) return true;
  journey.nat_rule.reset();
  journey.nat_is_any_port = false;
  bool may_ask = now.state == CtState::kNew || (now.state == CtState::kRelated && !is_icmp(now.packet));
  if (may_ask && !is_settled(journey) && !ask_rules(journey, chains)) return false;
  if (has_moved(now)) {
    now.connection->status &= static_cast<std::uint8_t>(~kConfirmed);
    drop(journey, DropReason::kMasqueradeMoved);
    return false;
  }
  auto after = translated(now);
  if (after == now.packet) return true;
  record(journey, StepKind::kTranslated, journey.path.translations.size());
  journey.path.translations.push_back({.hook = now.hook,
                                       .before = now.packet,
                                       .after = after,
                                       .rule = journey.nat_rule,
                                       .is_any_port = journey.nat_is_any_port});
  now.packet = after;
  return true;
}

}  // namespace pyfw
