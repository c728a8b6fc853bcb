// The targets that are no chains.

#pragma once

#include <string_view>

namespace pyfw {

// Whether iptables has an extension of that name that can be jumped to (iptables-extensions(8), and those
// of xtables-addons).
bool is_known_target(std::string_view name);

}  // namespace pyfw
