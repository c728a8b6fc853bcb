#include "trace/conntrack.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/contains.h"
#include "trace/journey.h"

namespace pyfw {
namespace {

struct IcmpPair {
  std::uint8_t request;
  std::uint8_t answer;
};

// The ICMP types that begin a connection, and those that answer them.
std::span<const IcmpPair> icmp_pairs(Family family) {
  static constexpr std::array<IcmpPair, 4> kPairs = {{{8, 0}, {13, 14}, {15, 16}, {17, 18}}};
  static constexpr std::array<IcmpPair, 2> kPairs6 = {{{128, 129}, {139, 140}}};
  if (family == Family::kIpv4) return kPairs;
  return kPairs6;
}

// Neighbour discovery and multicast listeners: conntrack leaves them alone (noct_valid_new[]).
bool is_never_tracked(const Packet& packet) {
  return packet.family() == Family::kIpv6 &&
         ((packet.icmp_type >= 130 && packet.icmp_type <= 136) || packet.icmp_type == 143);
}

CtState state_of_first_icmp(const Packet& packet) {
  if (is_never_tracked(packet)) return CtState::kUntracked;
  return icmp_answer(packet.family(), packet.icmp_type) ? CtState::kNew : CtState::kInvalid;
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

constexpr std::size_t kTcpStates = 5;  // without kNone
// By the state before; none: the packet is INVALID.
using TcpRow = std::array<std::optional<TcpState>, kTcpStates>;

struct TcpRows {
  TcpRow syn, syn_ack, fin, ack;
};

// tcp_conntracks[], of a connection that there is. What is ignored may be of another one than conntrack
// thinks, and changes nothing.
const TcpRows& tcp_rows(bool is_reply) {
  using enum TcpState;
  constexpr auto kIgnored = kNone;
  constexpr std::nullopt_t kInvalid = std::nullopt;
  static constexpr TcpRows kOriginal = {.syn = {kSynSent, kIgnored, kIgnored, kEnding, kBothSynSent},
                                        .syn_ack = {kInvalid, kSynReceived, kInvalid, kEnding, kSynReceived},
                                        .fin = {kInvalid, kEnding, kEnding, kEnding, kInvalid},
                                        .ack = {kInvalid, kEstablished, kEstablished, kEnding, kInvalid}};
  static constexpr TcpRows kReply = {.syn = {kBothSynSent, kInvalid, kInvalid, kEnding, kBothSynSent},
                                     .syn_ack = {kSynReceived, kIgnored, kIgnored, kEnding, kSynReceived},
                                     .fin = {kInvalid, kEnding, kEnding, kEnding, kInvalid},
                                     .ack = {kIgnored, kSynReceived, kEstablished, kEnding, kIgnored}};
  return is_reply ? kReply : kOriginal;
}

std::optional<TcpState> tcp_state_after(TcpState state, std::uint8_t flags, bool is_reply) {
  bool syn = (flags & kSyn) != 0;
  if (state == TcpState::kNone) return syn ? TcpState::kSynSent : TcpState::kEstablished;
  if ((flags & kRst) != 0) return TcpState::kEnding;
  const auto& rows = tcp_rows(is_reply);
  bool ack = (flags & kAck) != 0;
  const auto& row = syn && ack ? rows.syn_ack : syn ? rows.syn : (flags & kFin) != 0 ? rows.fin : rows.ack;
  return row.at(static_cast<std::size_t>(state) - 1);
}

// nf_conntrack_tcp_packet(): assured is what is acknowledged after it was answered, be it at the end of the
// handshake or in the midst of a connection that was taken up there. False: the packet is INVALID.
bool follow_tcp(Connection& connection, const Packet& packet) {
  auto before = connection.tcp;
  auto after = tcp_state_after(before, packet.tcp_flags, connection.is_reply);
  if (!after) return false;
  if (*after == TcpState::kNone) return true;
  connection.tcp = *after;
  bool was_answered = (connection.status & kSeenReply) != 0;
  bool was_open = before == TcpState::kSynReceived || before == TcpState::kEstablished;
  if (was_answered && was_open && connection.tcp == TcpState::kEstablished) connection.status |= kAssured;
  return true;
}

// The connection that the tuple is one direction of.
std::optional<Connection> connection_of(const Journey& journey, const CtTuple& tuple) {
  for (const auto& known : journey.arrival.connections) {
    if (tuple != known.reply && tuple != known.original) continue;
    auto found = known;
    found.is_reply = tuple == known.reply;
    return found;
  }
  return {};
}

bool takes_tcp(Journey& journey, Connection& connection) {
  // From a port to itself both ways are one to conntrack, and so are their sequence numbers. What comes by lo
  // without its connection was refused on the other side.
  if (connection.original == connection.reply &&
      (journey.now.in_interface == "lo" ||
       !ask(journey, "whether conntrack takes the sequence numbers of a port that talks to itself")))
    return false;
  return follow_tcp(connection, journey.now.packet);
}

// As resolve_normal_ct() does. What answers is seen before the rules look at it.
bool find_known(Journey& journey) {
  auto& now = journey.now;
  auto known = connection_of(journey, tuple_of(now.packet));
  if (!known) return false;
  if (now.packet.protocol == kTcp && !takes_tcp(journey, *known)) return true;
  now.connection = known;
  // nf_conntrack_gre_packet(): a tunnel that was answered is one.
  if (now.packet.protocol == kGre && (known->status & kSeenReply) != 0) now.connection->status |= kAssured;
  if (known->is_reply) now.connection->status |= kSeenReply;
  bool has_answer = (now.connection->status & kSeenReply) != 0;
  bool is_expected = (now.connection->status & kExpected) != 0;
  now.state = has_answer ? CtState::kEstablished : is_expected ? CtState::kRelated : CtState::kNew;
  return true;
}

// nf_conntrack_inet_error(): an error belongs to the connection of the packet that it is about, if it goes to
// whom that packet came from.
void find_concerned(Journey& journey) {
  auto& now = journey.now;
  if (!journey.arrival.about) return;
  auto answer = turned(tuple_of(*journey.arrival.about));
  if (answer.destination != now.packet.destination) return;
  now.connection = connection_of(journey, answer);
  if (now.connection) now.state = CtState::kRelated;
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
  if (is_icmp_error(now.packet)) return find_concerned(journey);
  if (find_known(journey)) return;
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
  if (is_icmp(packet)) {
    tuple.icmp_type = packet.icmp_type;
    tuple.icmp_code = packet.icmp_code;
    tuple.icmp_id = packet.icmp_id;
  }
  return tuple;
}

CtTuple turned(const CtTuple& tuple) {
  return {.source = tuple.destination,
          .destination = tuple.source,
          .protocol = tuple.protocol,
          .source_port = tuple.destination_port,
          .destination_port = tuple.source_port,
          .icmp_type =
              is_icmp(tuple) ? turned_icmp_type(tuple.source.family(), tuple.icmp_type) : std::uint8_t{0},
          .icmp_code = tuple.icmp_code,
          .icmp_id = tuple.icmp_id};
}

std::uint8_t turned_icmp_type(Family family, std::uint8_t type) {
  for (const auto& [request, answer] : icmp_pairs(family)) {
    if (type == request) return answer;
    if (type == answer) return request;
  }
  return type;
}

std::optional<std::uint8_t> icmp_answer(Family family, std::uint8_t type) {
  auto pairs = icmp_pairs(family);
  auto found = std::ranges::find(pairs, type, &IcmpPair::request);
  if (found == pairs.end()) return {};
  return found->answer;
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
  if ((connection->status & kConfirmed) == 0 &&
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
