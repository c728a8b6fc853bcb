// NAT that does not make the same of all packets: it chooses one address of several, or maps a network.

#pragma once

#include <optional>

#include "prove/packet_space.h"
#include "trace/compiled_host.h"
#include "trace/flow.h"

namespace pyfw {

// From which such a rule takes an address for each packet by itself; none where all get the same.
std::optional<PointSpan> chosen_from(const Nat& nat);
std::optional<PointSpan> chosen_from(const Target& target);

// The rule by which NAT gave the packet another destination. One that chooses leads on also where it chose
// what was asked for: it leads others elsewhere.
std::optional<RuleRef> rule_that_leads(const Path& path, const CompiledHost& host);
// The rule that gave it another source, or would have where it has that one already: others have not. What
// the host itself sends has the address that MASQUERADE would give it.
std::optional<RuleRef> rule_that_sends(const Leg& leg, const CompiledHost& host);

}  // namespace pyfw
