// Whether one can reach the other: the request's way, who answers, and the answer's way back, as one verdict
// in the tutorial's words.
//
//   auto trace = trace_flow(host, {.packet = syn, .in_interface = "eth0"});
//   if (trace.verdict.outcome == FlowOutcome::kRefused) …

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trace/trace.h"

namespace pyfw {

enum class FlowOutcome : std::uint8_t {
  kWorks,    // delivered and answered, and the answer came back
  kRefused,  // an answer says no
  kDropped,  // silence
  kDepends,  // on what the verdict's questions name
};

// Who gets the request at its end.
enum class Receiver : std::uint8_t {
  kNobody,       // it did not get there
  kListener,     // a socket that is known to listen
  kAssumed,      // nobody knows whether someone listens: taken as yes
  kNoListener,   // known that nobody does
  kKernel,       // answers by itself, as to an echo request
  kDockerProxy,  // which opens the second connection
  kBeyond,       // left the host, for another one
};

// What one packet of the story is.
enum class LegRole : std::uint8_t {
  kRequest,
  kAnswer,   // the reply to a request that was taken
  kRefusal,  // TCP RST or ICMP unreachable: of a REJECT rule, of the kernel without a listener, of a router
  kProxied,  // docker-proxy's own connection to the container
  kProxyAnswer,  // the reply to that
  kProxyRefusal,
};

struct Leg {
  LegRole role = LegRole::kRequest;
  Packet packet{};             // as it started
  std::string in_interface{};  // empty: from the host itself
  Path path{};
};

enum class Decider : std::uint8_t {
  kNothing,   // nothing stood in the way (kWorks through tables without rules), or what can't be told
  kRule,      // FlowVerdict::rule
  kPolicy,    // of the chain of FlowVerdict::rule
  kRouting,   // FlowVerdict::reason
  kListener,  // that there is none
};

struct FlowVerdict {
  FlowOutcome outcome = FlowOutcome::kDropped;
  Decider decider = Decider::kNothing;
  // Of kWorks: the rule or policy of the last filter chain that accepted the request.
  std::optional<RuleRef> rule{};
  DropReason reason = DropReason::kNone;
  std::size_t leg = 0;  // that was decided so
  Receiver receiver = Receiver::kNobody;
  std::string receiver_name{};  // the program that listens, or the container, where it is known
  // Of kDepends: what it hangs on, each once.
  std::vector<OpenQuestion> questions{};
};

struct FlowTrace {
  std::vector<Leg> legs{};  // the first is the request
  FlowVerdict verdict{};
  std::vector<Connection> connections{};  // that conntrack knows by then, the youngest first
  // Of kDepends: each way that it may go, with a verdict of its own. The first one's legs are those above.
  std::vector<FlowTrace> branches{};
};

struct FlowOptions {
  std::size_t branch_limit = 64;
  bool assumes_listener = true;  // where it is not known whether someone listens
  bool is_open = false;          // the ends know the connection already: they take more than what begins one
  bool keeps_views = false;      // as in Choices
};

// The request may come from anywhere: the arrival says where. From a container of this host: by its bridge,
// with its address.
FlowTrace trace_flow(const TracedHost& host, const Arrival& request, const FlowOptions& options = {});

// What the client sends next when it is open, by the connections that `opening` left, which must outlive it.
// To be asked about with FlowOptions::is_open, on the same host or on one with other rules.
Arrival later_request(const Arrival& first, const FlowTrace& opening);

}  // namespace pyfw
