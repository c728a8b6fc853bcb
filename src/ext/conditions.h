// What the matches of a rule ask for, in a handful of kinds, so that one table of extensions serves whoever
// looks at one packet (evaluate.h) and whoever looks at all packets at once.
//
//   -s 10.0.0.0/8            AddressIn{.field = kSource, .first = 10.0.0.0, .last = 10.255.255.255}
//   -m mark ! --mark 1/0xf   NumberIn{.field = kMark, .inverted = true, .mask = 0xf, .first = {1, 1}}
//
// A field may be absent from a packet, as the ports are from a fragment. Most matches then fail, inverted or
// not; those that don't say so in `if_absent`.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/packet.h"

namespace pyfw {

enum class AddressField : std::uint8_t {
  kSource,
  kDestination,
  kOriginalSource,  // of the connection's original direction; absent without a connection
  kOriginalDestination,
  kReplySource,
  kReplyDestination,
};

enum class NumberField : std::uint8_t {
  kProtocol,
  kFragment,  // 1 for a fragment that is not the first
  kSourcePort,
  kDestinationPort,
  kTcpFlags,
  kTcpOptions,  // the kinds 0 to 7, as bits
  kIcmp,        // type * 256 + code
  kTtl,
  kTos,
  kLength,
  kMark,
  kPacketType,          // as `-m pkttype` tells them apart, of PacketType
  kPhysicalInterfaces,  // bits: 1 the packet came in by a bridge's port, 2 it leaves by one
  kCtState,             // CtStateBit, of which several may be set
  kCtStatus,            // CtStatus; absent without a connection, as all that follow
  kCtDirection,         // 1: the way of the reply
  kCtProtocol,
  kOriginalSourcePort,
  kOriginalDestinationPort,
  kReplySourcePort,
  kReplyDestinationPort,
  kConnmark,
  kSocket,  // 1 where a socket of the host sent the packet
  kUid,     // absent without a socket, and of one of the kernel's own
  kGid,
  kSourceIsEui64,  // 1 where the source address is made of the source's MAC
};

// As XT_CONNTRACK_STATE_* has them.
enum CtStateBit : std::uint8_t {
  kStateInvalid = 1,
  kStateEstablished = 2,
  kStateRelated = 4,
  kStateNew = 8,
  kStateSnat = 64,
  kStateDnat = 128,
  kStateUntracked = 32,
};

// Inclusive.
struct NumberRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  [[nodiscard]] constexpr bool contains(std::uint32_t value) const { return first <= value && value <= last; }
  bool operator==(const NumberRange&) const = default;
};

struct AddressIn {
  AddressField field = AddressField::kSource;
  bool inverted = false;
  bool if_absent = false;
  Ip first{};
  Ip last{};

  bool operator==(const AddressIn&) const = default;
};

// Of masks that are no prefixes: `-s 10.0.0.0/255.0.255.0`.
struct AddressMasked {
  AddressField field = AddressField::kSource;
  bool inverted = false;
  bool if_absent = false;
  Ip value{};
  Ip mask{};

  bool operator==(const AddressMasked&) const = default;
};

// The field's bits under the mask make a number that is in one of the ranges.
struct NumberIn {
  NumberField field = NumberField::kProtocol;
  bool inverted = false;
  bool if_absent = false;
  std::uint32_t mask = 0xffffffff;
  NumberRange range{};
  std::vector<NumberRange> more{};  // as multiport lists them

  bool operator==(const NumberIn&) const = default;
};

enum class InterfaceField : std::uint8_t { kIn, kOut, kPhysicalIn, kPhysicalOut };

// A packet that comes in, or goes out, nowhere has an interface with an empty name, so that `! -i x` holds.
struct InterfaceIs {
  InterfaceField field = InterfaceField::kIn;
  bool inverted = false;
  bool is_prefix = false;  // `eth+`, without its plus in `name`
  std::string name{};

  bool operator==(const InterfaceIs&) const = default;
};

struct SourceMacIs {
  bool inverted = false;
  Mac mac{};

  bool operator==(const SourceMacIs&) const = default;
};

// The packet is a member of the set, looked at from `dimensions` sides: bit n says that the n-th is the
// source's.
struct InSet {
  std::string name{};
  bool inverted = false;
  bool return_nomatch = false;
  std::uint8_t dimensions = 1;
  std::uint8_t sources = 0;

  bool operator==(const InSet&) const = default;
};

// `-m addrtype`: one address, its types as bits of AddressType.
struct AddressTypeIs {
  enum class Limit : std::uint8_t { kNone, kInInterface, kOutInterface };
  AddressField field = AddressField::kDestination;  // or kSource
  bool inverted = false;
  Limit limit = Limit::kNone;
  std::uint16_t types = 0;

  bool operator==(const AddressTypeIs&) const = default;
};

struct PassesRpfilter {
  bool inverted = false;
  bool loose = false;
  bool valid_mark = false;
  bool accept_local = false;

  bool operator==(const PassesRpfilter&) const = default;
};

// No packet that is as plain as ours (net/packet.h) matches: one that IPsec made, for instance.
struct Never {
  bool operator==(const Never&) const = default;
};

// What nobody can tell from rules, sets and routes, and why not.
struct Unknowable {
  std::string_view reason;  // a constant: "how many packets came before"
  bool is_per_rule =
      true;  // two rules that ask it of one packet may be told otherwise: each counts for itself

  bool operator==(const Unknowable&) const = default;
};

struct AnyOf;
struct Condition;

// At least one holds, or none if inverted.
struct AnyOf {
  bool inverted = false;
  std::vector<Condition> conditions;

  bool operator==(const AnyOf&) const;
};

struct Condition {
  using Kind = std::variant<AddressIn, NumberIn, InterfaceIs, AddressMasked, SourceMacIs, InSet,
                            AddressTypeIs, PassesRpfilter, AnyOf, Never, Unknowable>;
  Kind kind;

  bool operator==(const Condition&) const = default;
};

inline bool AnyOf::operator==(const AnyOf& other) const {
  return inverted == other.inverted && conditions == other.conditions;
}

}  // namespace pyfw
