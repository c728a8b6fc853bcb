// What the target of a rule does to a packet, as values.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "net/ip.h"

namespace pyfw {

// Goes on with the next rule: LOG, NFLOG, TRACE, a rule without target, … and whatever changes only what no
// match and no route looks at.
struct Continue {};
struct Accept {};
struct Drop {};
struct Return {};
struct JumpTo {
  std::string chain;
  bool is_goto = false;
};
struct Reject {
  std::string with;  // "icmp-port-unreachable", "tcp-reset", …
};

// Inclusive; both ends of one family, or one port.
struct AddressRange {
  Ip first;
  Ip last;

  bool operator==(const AddressRange&) const = default;
};
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;

  bool operator==(const PortRange&) const = default;
};

struct Nat {
  enum class Kind : std::uint8_t { kDnat, kSnat, kMasquerade, kRedirect, kNetmap };
  Kind kind = Kind::kDnat;
  std::optional<AddressRange> addresses{};  // of kDnat, kSnat
  std::optional<PortRange> ports{};
  std::optional<std::uint16_t> port_base{};  // `--to-destination A:1000-2000/500`: offset mapping
  std::optional<Prefix> network{};           // of kNetmap
  bool is_random = false;                    // which of the ports is taken, nobody knows
  bool is_persistent = false;
};

// mark = (mark & ~clear) ^ flip, of the packet or of the connection.
struct SetMark {
  bool of_connection = false;
  std::uint32_t clear = 0;
  std::uint32_t flip = 0;
};
// CONNMARK --save-mark and --restore-mark: to = (to & ~to_mask) ^ (from & from_mask). Nothing without a
// connection.
struct CopyMark {
  bool to_connection = false;
  std::uint32_t from_mask = 0xffffffff;
  std::uint32_t to_mask = 0xffffffff;
};
// NOTRACK, CT --notrack. Nothing for a packet that is tracked already: one that has come by `lo`, or has met
// a CT target before.
struct Untrack {};
// CT with a zone, a helper, …: the packet will be tracked, and no later CT or NOTRACK counts.
struct TrackAnyway {};
struct ChangeTtl {
  enum class Kind : std::uint8_t { kSet, kIncrement, kDecrement };
  Kind kind = Kind::kSet;
  std::uint8_t value = 0;
};
// tos = (tos & ~clear) ^ flip: TOS, DSCP.
struct ChangeTos {
  std::uint8_t clear = 0;
  std::uint8_t flip = 0;
};
// ECN --ecn-tcp-remove and TCPOPTSTRIP, of TCP segments that are no fragments: flags that are cleared, and
// kinds of options (as bits) that become NOP, kind 1.
struct ChangeTcp {
  std::uint8_t cleared_flags = 0;
  std::uint8_t stripped_options = 0;
};
struct TransparentProxy {
  std::uint16_t port = 0;  // 0: the packet's own
  std::optional<Ip> address{};
  std::uint32_t mark = 0;
  std::uint32_t mask = 0;
};
// What the packet meets then can't be told from rules: QUEUE, NFQUEUE, a SET target whose set a later match
// looks at, HMARK, an extension that nobody knows.
struct Unpredictable {
  std::string text{};    // as it stands in the rule: "-j NFQUEUE --queue-num 0"
  bool goes_on = false;  // the verdict is known to be CONTINUE
  // Of what goes on: all that it may change.
  bool changes_mark = false;
  std::string set{};  // whose members it changes
};

using Target = std::variant<Continue, Accept, Drop, Return, JumpTo, Reject, Nat, SetMark, CopyMark, Untrack,
                            ChangeTtl, ChangeTos, TransparentProxy, Unpredictable, TrackAnyway, ChangeTcp>;

}  // namespace pyfw
