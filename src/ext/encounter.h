// A packet where a rule meets it: the hook, and what the kernel knows of the packet there.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "net/packet.h"

namespace pyfw {

enum class Hook : std::uint8_t { kPrerouting, kInput, kForward, kOutput, kPostrouting };

// The names of linux/netfilter/nf_conntrack_common.h.
enum class CtState : std::uint8_t { kInvalid, kNew, kEstablished, kRelated, kUntracked };

// IPS_* of the same, as `--ctstatus` names them.
enum CtStatus : std::uint8_t { kExpected = 1, kSeenReply = 2, kAssured = 4, kConfirmed = 8 };

// One direction of a connection. Ports are 0 where conntrack does not ask for them, and so is what is ICMP's
// of all else.
struct CtTuple {
  Ip source;
  Ip destination;
  std::uint8_t protocol = kTcp;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint16_t icmp_id = 0;

  bool operator==(const CtTuple&) const = default;
};

// As far as INVALID and `--ctstatus ASSURED` need it: what ends a connection is all one.
enum class TcpState : std::uint8_t { kNone, kSynSent, kSynReceived, kEstablished, kEnding, kBothSynSent };

// What conntrack holds of the packet's connection. A packet that is INVALID or UNTRACKED has none.
struct Connection {
  CtTuple original;
  CtTuple reply;            // as it is expected: other than the original turned round where NAT translates
  bool is_reply = false;    // the packet goes the way of the reply
  std::uint8_t status = 0;  // of CtStatus
  bool has_dnat = false;
  bool has_snat = false;
  std::uint32_t mark = 0;
  TcpState tcp = TcpState::kNone;
  std::string masqueraded_by{};  // the interface whose address MASQUERADE took, or empty

  bool operator==(const Connection&) const = default;
};

enum class PacketType : std::uint8_t { kUnicast, kBroadcast, kMulticast, kLoopback };

// The process whose socket sent the packet; known in OUTPUT and POSTROUTING. None for what only passes.
struct SocketOwner {
  std::optional<std::uint32_t> uid{};  // none: not known
  std::optional<std::uint32_t> gid{};
  bool is_kernel = false;  // a socket of the kernel's own, as for ICMP errors: it is there, and nobody's
};

struct Encounter {
  Packet packet;  // as it is here, after what was translated so far
  Hook hook = Hook::kPrerouting;
  std::string in_interface{};  // empty where there is none
  std::string out_interface{};
  std::string physical_in{};  // the bridge's port, of traffic that a bridge carries
  std::string physical_out{};
  bool is_bridged = false;  // goes from port to port of one bridge (`--physdev-is-bridged`)
  CtState state = CtState::kNew;
  std::optional<Connection> connection{};
  std::uint32_t mark = 0;
  PacketType type = PacketType::kUnicast;
  std::optional<SocketOwner> owner{};
};

}  // namespace pyfw
