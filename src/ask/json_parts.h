// Parts that several JSON documents have in common.

#pragma once

#include <nlohmann/json.hpp>

#include "ask/flows.h"
#include "trace/flow.h"

namespace pyfw {

nlohmann::ordered_json flow_json(const Flow& flow);
nlohmann::ordered_json packet_json(const Packet& packet);
nlohmann::ordered_json chain_json(const TracedHost& host, ChainIndex chain);
nlohmann::ordered_json rule_json(const TracedHost& host, const RuleRef& ref);
// Expected, what decided, and what it depends on; `line` is the whole in words.
nlohmann::ordered_json verdict_json(const FlowVerdict& verdict, const std::string& line,
                                    const TracedHost& host);
nlohmann::ordered_json place_json(const Place& place);

// With a newline at its end; a foreign comment may hold bytes that are no UTF-8, JSON can't.
std::string document_of(const nlohmann::ordered_json& json);

}  // namespace pyfw
