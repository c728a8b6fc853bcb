// One way that a request may go, told leg by leg until it has a verdict.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trace/flow.h"
#include "trace/receivers.h"

namespace pyfw {

struct Told {
  FlowTrace trace;
  std::vector<OpenQuestion> questions;  // of all legs, in their order
};

// `answers` are those to the open questions; those beyond are supposed to be a no.
Told tell_story(const TracedHost& host, const Arrival& request, const FlowOptions& options,
                std::vector<bool> answers);

}  // namespace pyfw
