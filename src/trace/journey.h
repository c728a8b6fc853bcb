// A packet under way: what trace_packet() carries from hook to hook.

#pragma once

#include <cstddef>
#include <string>

#include "trace/compiled_host.h"
#include "trace/trace.h"

namespace pyfw {

struct Journey {
  const CompiledHost& host;
  const Arrival& arrival;
  const Choices& choices;
  Path path;
  Encounter now{};
  Routing way{};  // as the last routing decision said
  bool has_ended = false;
  // What NAT has settled for the connection: its destination (PREROUTING, OUTPUT), its source (INPUT,
  // POSTROUTING). Rules are asked only before that.
  bool has_destination = false;
  bool has_source = false;
  bool is_tracked_anyway = false;  // a CT target has met it
  // Targets that changed what can't be told: what looks at that later can't be told either.
  std::vector<const Unpredictable*> clouds{};
  // The rule that settled it in this hook.
  std::optional<RuleRef> nat_rule{};
  bool nat_is_any_port = false;
  std::size_t drawn = 0;  // how many of Arrival::drawn_ports were

  [[nodiscard]] Family family() const { return now.packet.family(); }
  [[nodiscard]] bool is_own() const { return arrival.in_interface.empty() || arrival.in_interface == "lo"; }
};

// What is supposed of something that can't be told: that it holds, or, with a value, that it is that.
bool ask(Journey& journey, std::string on, std::optional<RuleRef> rule = {}, std::string value = {});
// What becomes of it then can't be told.
void lose(Journey& journey, std::string on, const RuleRef& rule);

inline void record(Journey& journey, StepKind kind, std::size_t what, ChainIndex chain = 0) {
  journey.path.steps.push_back(
      {.kind = kind, .hook = journey.now.hook, .chain = chain, .rule = static_cast<std::uint32_t>(what)});
}

// The packet is gone.
void drop(Journey& journey, DropReason reason, std::optional<RuleRef> rule = {});

// A copy is gone, and the packet that it was taken of goes on; both are of one connection.
void end_copy(Journey& journey, Encounter&& packet);

// Through all tables of a hook, of both backends; false where the packet ended there.
bool pass_hook(Journey& journey, Hook hook);

// Through a builtin chain and what it jumps to; false where the packet ended there.
bool walk_chain(Journey& journey, ChainIndex chain);

// Conntrack looks at the packet, if nobody did before.
void track(Journey& journey);
// The packet got through: its connection is one. False where it can't be.
bool confirm(Journey& journey);

// Asks the rules of the nat chains where the connection is new, and translates the packet.
bool translate(Journey& journey, const std::vector<ChainIndex>& chains);
// What the target of such a rule says; false where it has to drop.
bool settle(Journey& journey, const Nat& nat, const RuleRef& rule);

// Where a packet that came in goes; false where nowhere. IPv6 is asked later whether it forwards at all: what
// goes from port to port of a bridge needs no forwarding there.
bool route_arrived(Journey& journey);
// Where the host's own goes; false where nowhere. `again` after OUTPUT changed it.
bool route_own(Journey& journey);
bool route_own_again(Journey& journey);

}  // namespace pyfw
