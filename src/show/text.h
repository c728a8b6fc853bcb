// What a plan changes, as people read it.
//
//   filter INPUT (iptables)
//     policy ACCEPT becomes DROP
//     +   1  allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
//         2  -i lo -j ACCEPT
//     ~ 5→3  reject_others: -j REJECT --reject-with icmp-port-unreachable
//         …
//
//   Plan: 1 rule new, 1 moved; 1 policy.
//
// A rule bears its number in the chain: in the live one where it goes, in the desired one else. A rule that
// changes is shown as it was and, below, as it shall be.

#pragma once

#include <string>

#include "show/description.h"

namespace pyfw {

// Ends with a newline. Control characters are made visible. O(the size of the description).
std::string as_text(const Description& description, bool colour);

}  // namespace pyfw
