#include "trace/conntrack.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/contains.h"
#include "trace/journey.h"

namespace pyfw {
namespace {

// Which ICMP types begin a connection, and which one answers them.
bool is_icmp_request(const Packet& packet) {
  constexpr std::array<std::uint8_t, 4> kRequests = {8, 13, 15, 17};
  constexpr std::array<std::uint8_t, 2> kRequests6 = {128, 139};
  return packet.family() == Family::kIpv4 ? contains(kRequests, packet.icmp_type)
                                          : contains(kRequests6, packet.icmp_type);
}

// Neighbour discovery and multicast listeners: conntrack leaves them alone (noct_valid_new[]).
bool is_never_tracked(const Packet& packet) {
  return packet.family() == Family::kIpv6 &&
         ((packet.icmp_type >= 130 && packet.icmp_type <= 136) || packet.icmp_type == 143);
}

CtState state_of_first_icmp(const Packet& packet) {
  if (is_never_tracked(packet)) return CtState::kUntracked;
  return is_icmp_request(packet) ? CtState::kNew : CtState::kInvalid;
}

// The first row of tcp_conntracks[]: a SYN begins a connection, and an ACK takes one up in its midst
// (nf_conntrack_tcp_loose).
CtState state_of_first_tcp(const Packet& packet) {
  if (!has_valid_flags(packet)) return CtState::kInvalid;
  if ((packet.tcp_flags & (kRst | kFin)) != 0) return CtState::kInvalid;
  bool syn = (packet.tcp_flags & kSyn) != 0;
  bool ack = (packet.tcp_flags & kAck) != 0;
  return syn != ack ? CtState::kNew : CtState::kInvalid;
}

// ICMP has no ports: what is a request can't be the answer.
bool is_of(const Connection& connection, const Packet& packet, const CtTuple& tuple, bool is_reply) {
  if (is_icmp(packet) && is_icmp_request(packet) == is_reply) return false;
  return tuple == (is_reply ? connection.reply : connection.original);
}

// The rows of tcp_conntracks[] that a connection passes until it is established.
TcpState tcp_state_after(TcpState state, std::uint8_t flags, bool is_reply) {
  if ((flags & (kFin | kRst)) != 0) return TcpState::kEnding;
  bool syn = (flags & kSyn) != 0;
  bool ack = (flags & kAck) != 0;
  if (state == TcpState::kNone) return syn ? TcpState::kSynSent : TcpState::kEstablished;
  if (state == TcpState::kSynSent && is_reply && syn && ack) return TcpState::kSynReceived;
  if (state == TcpState::kSynReceived && !is_reply && !syn && ack) return TcpState::kEstablished;
  return state;
}

// nf_conntrack_tcp_packet(): assured is what is acknowledged after it was answered, be it at the end of the
// handshake or in the midst of a connection that was taken up there.
void follow_tcp(Connection& connection, const Packet& packet) {
  auto before = connection.tcp;
  connection.tcp = tcp_state_after(before, packet.tcp_flags, connection.is_reply);
  bool was_answered = (connection.status & kSeenReply) != 0;
  bool was_open = before == TcpState::kSynReceived || before == TcpState::kEstablished;
  if (was_answered && was_open && connection.tcp == TcpState::kEstablished) connection.status |= kAssured;
}

// As resolve_normal_ct() does. What answers is seen before the rules look at it.
bool find_known(Journey& journey) {
  auto& now = journey.now;
  auto tuple = tuple_of(now.packet);
  for (const auto& known : journey.arrival.connections) {
    bool is_reply = is_of(known, now.packet, tuple, true);
    if (!is_reply && !is_of(known, now.packet, tuple, false)) continue;
    now.connection = known;
    now.connection->is_reply = is_reply;
    if (now.packet.protocol == kTcp) follow_tcp(*now.connection, now.packet);
    if (is_reply) now.connection->status |= kSeenReply;
    bool has_answer = (now.connection->status & kSeenReply) != 0;
    bool is_expected = (now.connection->status & kExpected) != 0;
    now.state = has_answer ? CtState::kEstablished : is_expected ? CtState::kRelated : CtState::kNew;
    return true;
  }
  return false;
}

Connection begun_by(const Packet& packet) {
  auto tuple = tuple_of(packet);
  Connection connection{.original = tuple, .reply = turned(tuple)};
  if (packet.protocol == kTcp) follow_tcp(connection, packet);
  return connection;
}

// A connection that is only known to be: nothing is translated in it.
Connection untranslated(const Packet& packet, CtState state) {
  auto connection = begun_by(packet);
  if (state == CtState::kEstablished) connection.status = kSeenReply | kAssured | kConfirmed;
  if (state != CtState::kRelated) return connection;
  if (is_icmp_error(packet)) {
    // It tells of a packet that went the other way.
    std::swap(connection.original, connection.reply);
    connection.is_reply = true;
    connection.status = kConfirmed;
  } else {
    connection.status = kExpected;
  }
  return connection;
}

void take_given(Journey& journey, CtState state) {
  auto& now = journey.now;
  now.state = state;
  now.connection.reset();
  if (state == CtState::kInvalid || state == CtState::kUntracked) return;
  now.connection = journey.arrival.connection ? *journey.arrival.connection : untranslated(now.packet, state);
}

void look(Journey& journey) {
  auto& now = journey.now;
  // Already seen, on the other side of lo; or made by the kernel for a packet that was; or NOTRACK.
  if (now.connection || now.state == CtState::kUntracked) return;
  if (journey.arrival.state) return take_given(journey, *journey.arrival.state);
  if (now.packet.protocol == kTcp && !has_valid_flags(now.packet)) return;
  if (is_icmp_error(now.packet) || find_known(journey)) return;
  now.state = state_of_first(now.packet);
  if (now.state == CtState::kNew) now.connection = begun_by(now.packet);
}

}  // namespace

CtTuple tuple_of(const Packet& packet) {
  CtTuple tuple{.source = packet.source, .destination = packet.destination, .protocol = packet.protocol};
  if (tracks_ports(packet.protocol)) {
    tuple.source_port = packet.source_port;
    tuple.destination_port = packet.destination_port;
  }
  return tuple;
}

CtTuple turned(const CtTuple& tuple) {
  return {.source = tuple.destination,
          .destination = tuple.source,
          .protocol = tuple.protocol,
          .source_port = tuple.destination_port,
          .destination_port = tuple.source_port};
}

bool has_valid_flags(const Packet& packet) {
  constexpr std::array<std::uint8_t, 9> kValid = {
      kSyn, kSyn | kUrg, kSyn | kAck, kRst, kRst | kAck, kFin | kAck, kAck | kUrg, kFin | kAck | kUrg, kAck};
  // PSH, ECE and CWR don't count.
  return contains(kValid, static_cast<std::uint8_t>(packet.tcp_flags & 0x37));
}

bool is_icmp_error(const Packet& packet) {
  if (!is_icmp(packet)) return false;
  if (packet.family() == Family::kIpv6) return packet.icmp_type < 128;
  constexpr std::array<std::uint8_t, 5> kErrors = {3, 4, 5, 11, 12};
  return contains(kErrors, packet.icmp_type);
}

CtState state_of_first(const Packet& packet) {
  if (packet.protocol == kTcp) return state_of_first_tcp(packet);
  if (is_icmp(packet)) return state_of_first_icmp(packet);
  return CtState::kNew;
}

void track(Journey& journey) {
  look(journey);
  // Both ends of a connection that is one have been settled.
  const auto& connection = journey.now.connection;
  if (connection && (connection->status & kConfirmed) != 0)
    journey.has_destination = journey.has_source = true;
  record(journey, StepKind::kConntrack, static_cast<std::size_t>(journey.now.state));
}

// nf_confirm(): REJECT's answers belong to a connection that may never be one. Where NAT found nothing that
// is free, as for protocols without ports, it comes out here that the answers would be another connection's.
bool confirm(Journey& journey) {
  auto& connection = journey.now.connection;
  if (!connection || (journey.now.state == CtState::kRelated && connection->is_reply)) return true;
  // Of ICMP the identifier tells connections apart, which is no matter of ours.
  if ((connection->status & kConfirmed) == 0 && !is_icmp(journey.now.packet) &&
      std::ranges::any_of(journey.arrival.connections, [&](const Connection& known) {
        return known.reply == connection->reply || known.original == connection->reply;
      })) {
    drop(journey, DropReason::kNoPortLeft);
    return false;
  }
  connection->status |= kConfirmed;
  return true;
}

std::optional<Connection> entry_of(const Path& path) {
  const auto& connection = path.last.connection;
  if (!connection || (connection->status & kConfirmed) == 0) return {};
  return connection;
}

}  // namespace pyfw
