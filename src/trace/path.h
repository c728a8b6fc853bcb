// The way of one packet through the host, as it was recorded: hook by hook, table by table, rule by rule.
//
//   for (const PathStep& step : path.steps)
//     if (step.kind == StepKind::kMatched) fmt::print("{}\n", host.rule({step.chain, step.rule}).text);
//
// What is recorded for each rule is small and plain; names are looked up when they are printed.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ext/encounter.h"
#include "ext/target_values.h"
#include "host/facts.h"

namespace pyfw {

// A chain of a TracedHost, of whatever backend, family and table.
using ChainIndex = std::uint16_t;

struct RuleRef {
  ChainIndex chain = 0;
  std::uint32_t rule = 0;  // from 0, in the order of iptables-save

  bool operator==(const RuleRef&) const = default;
};

enum class StepKind : std::uint8_t {
  kChain,      // it comes to the builtin chain `chain`
  kPassed,     // the rules from `rule` to `last` were looked at, and none of them matched
  kMatched,    // `rule` matched, and its target did what it does; what that is stands in the rule
  kReturned,   // the end of the user chain `chain`, or of one that was gone to; it goes on where it came from
  kPolicy,     // the policy of `chain` decided
  kConntrack,  // conntrack looked at it: `rule` is the CtState
  kTranslated,  // `rule` is an index of Path::translations
  kRouted,      // `rule` is an index of Path::routings
  kCopied,  // a copy ended, `rule` is an index of Path::copies: the packet goes on from where the copy began
};

struct PathStep {
  StepKind kind = StepKind::kChain;
  Hook hook = Hook::kPrerouting;
  ChainIndex chain = 0;
  std::uint32_t rule = 0;
  std::uint32_t last = 0;

  bool operator==(const PathStep&) const = default;
};

// What NAT made of the packet in that hook: by a rule, or since conntrack knew the connection.
struct Translation {
  Hook hook = Hook::kPrerouting;
  Packet before;
  Packet after;
  std::optional<RuleRef> rule{};
  // The kernel draws the port by lot: this is the first of those that it may be, where nobody knows which.
  bool is_any_port = false;
};

// What the routing tables said.
struct Routing {
  RouteType type = RouteType::kUnicast;  // kLocal: for the host itself
  std::string out_interface{};
  std::optional<Ip> gateway{};
  std::optional<Route> route{};  // that was taken; none where it had not to be looked for
  bool again = false;            // after OUTPUT changed the destination or the mark
};

// Something that rules and facts don't tell, and what was supposed of it on this path.
struct OpenQuestion {
  std::optional<RuleRef> rule{};
  std::string
      on;  // "-m limit --limit 3/min", "-j NFQUEUE --queue-num 0", "the routing rule 100 (uidrange 0-0)"
  bool supposed = false;
  std::string value{};   // "8001": it is asked whether `on` is that; empty where `on` holds or not
  std::size_t step = 0;  // how many steps came before
};

enum class EndKind : std::uint8_t {
  kDelivered,  // to the host's own sockets
  kForwarded,  // came in, and left by Ending::interface
  kSent,       // the host's own, left by Ending::interface
  kDropped,
  kRejected,  // dropped, and the sender is told: the rule's target says how
  kUnknown,   // what becomes of it then can't be told: the last open question says why
};

// Why it was dropped.
enum class DropReason : std::uint8_t {
  kNone,
  kRule,
  kPolicy,
  kMartianSource,       // a source that can't be: loopback, multicast, one of the host's own
  kMartianDestination,  // 127.0.0.0/8 from outside, without route_localnet
  kReversePath,         // rp_filter
  kNoForwarding,        // ip_forward or the interface's forwarding is 0
  kTtl,
  kNoRoute,
  kBlackhole,
  kUnreachable,
  kProhibit,
  kNoPortLeft,  // NAT found no free port
  kNotForUs,    // broadcast or multicast that nobody here wants, a frame for another host
  kInterfaceDown,
  kNoHairpin,        // a bridge's port gives nothing back to where it came from, but in hairpin mode
  kNoNeighbour,      // nobody has that address, as far as Docker knows
  kWrongAddress,     // an answer from another address than was asked: whoever asked does not know it
  kStaysOnLink,      // a source of fe80::/10, which is of its link alone
  kMasqueradeMoved,  // MASQUERADE's connection would leave by another interface: the kernel gives it up
};

struct Ending {
  EndKind kind = EndKind::kDropped;
  DropReason reason = DropReason::kNone;
  // The rule that dropped, rejected, or made it unknown; of kPolicy the chain (and no rule of it).
  std::optional<RuleRef> rule{};
  std::string interface{};       // of kForwarded and kSent the one it left by, of kDelivered it came in by
  std::optional<Ip> next_hop{};  // where on that interface: the gateway, or the destination itself
  // A router tells the sender by ICMP when it drops so (no route, TTL, unreachable, prohibit).
  bool is_told = false;
};

// What is for everyone goes several ways at once: one of them beside that of the packet itself.
struct Copy {
  Ending ending{};
  Packet packet{};  // where it ended
};

// What a rule saw: the packet as it was from that step on.
struct View {
  std::size_t step = 0;  // an index of Path::steps
  Encounter packet{};
  std::vector<const Unpredictable*> clouds{};  // what has made something of it unknown
};

struct Path {
  std::vector<PathStep> steps{};
  std::vector<View> views{};  // only where Choices asks for them
  std::vector<Translation> translations{};
  std::vector<Routing> routings{};
  std::vector<OpenQuestion> questions{};
  std::vector<Copy> copies{};
  Ending ending{};
  // The packet where it ended: translated, with its interfaces, its mark, and its connection (confirmed
  // only if the packet got through).
  Encounter last{};
};

}  // namespace pyfw
