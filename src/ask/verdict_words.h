// A verdict on a flow, in the tutorial's words: works, refused, dropped, depends on.

#pragma once

#include <string>
#include <string_view>

#include "trace/flow.h"

namespace pyfw {

// "works", "refused", "dropped", "depends".
std::string_view word_of(FlowOutcome outcome);

// "filter INPUT 3", with what it needs besides to be one of its kind: "ip6tables filter INPUT 3",
// "legacy filter INPUT 3".
std::string name_of_chain(const TracedHost& host, ChainIndex chain);
std::string name_of_rule(const TracedHost& host, const RuleRef& ref);
// "filter INPUT 3, allow_ssh: -p tcp -m tcp --dport 22 -j ACCEPT"
std::string describe_rule(const TracedHost& host, const RuleRef& ref);

std::string_view words_of(DropReason reason);
std::string describe_question(const TracedHost& host, const OpenQuestion& question);

// What decided, without the outcome: "by the policy DROP of filter INPUT", "nothing listens on port 80".
std::string reason_of(const FlowTrace& trace, const TracedHost& host);
// The verdict line: "dropped by the policy DROP of filter INPUT".
std::string verdict_line(const FlowTrace& trace, const TracedHost& host);

}  // namespace pyfw
