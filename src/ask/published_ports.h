// Many published ports in one line of a text: each of them is led to a container of its own.
//
//   tcp from anywhere by eth0 to host, ports 10000-10199: works, led on → refused

#pragma once

#include <vector>

#include "ask/flow_changes.h"

namespace pyfw {

// Fewer of a kind stay as they are, so that it is seen where each leads.
inline constexpr std::size_t kFewPublished = 3;
std::vector<FlowChange> published_together(const std::vector<FlowChange>& lines);

}  // namespace pyfw
