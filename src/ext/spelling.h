// Rules in such a common form that everybody knows how the kernel spells them: just as they are written.
// For the others the kernel is asked (see engine/spell.h), which costs a namespace and two programs.
//
//   is_spelled_like_kernel({"-s", "10.0.0.0/8", "-p", "tcp", "-m", "tcp", "--dport", "22", "-j", "ACCEPT"},
//   place)
//   -> true; with "-p", "6" or "--dport", "ssh": false, though iptables would take it

#pragma once

#include <span>
#include <string>

#include "nf/desired.h"

namespace pyfw {

// True only if iptables takes the rule in this chain and saves it with these very words, on both backends
// (as its libxt_*.c print them; a test asks both), as far as the sets and chains that it names are there.
// False says nothing.
bool is_spelled_like_kernel(std::span<const std::string> tokens, const ChainId& chain);

}  // namespace pyfw
