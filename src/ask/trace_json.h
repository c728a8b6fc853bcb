// The ways of flows, as programs read them: docs/trace.schema.json describes the document.

#pragma once

#include <span>
#include <string>

#include "ask/flows.h"
#include "trace/flow.h"

namespace pyfw {

struct TracedFlow {
  Flow flow{};
  FlowTrace trace{};
};

// Ends with a newline. Only rules that matched; bytes that are no UTF-8 become U+FFFD.
std::string as_json(std::span<const TracedFlow> flows, const Scene& scene);

}  // namespace pyfw
