// The host's interfaces, addresses and routes, as commands of ip(8) that make them in an empty network
// namespace. There all interfaces are up, and nothing is connected to them.

#pragma once

#include <map>
#include <string>
#include <string_view>

#include "host/facts.h"

namespace pyfw {

using InterfaceNames = std::map<std::string, std::string>;

// A bridge of Docker's, whose name stays as it is.
bool is_dockers(const Interface& interface);

// Another name for each interface but lo and Docker's bridges: one that begins as the old one does, so that a
// script which looks for `eth` or `en` finds it, and that is nowhere in `text`.
InterfaceNames other_names(const Facts& facts, std::string_view text);

// As ip(8) names what bridges shall be, and what all others. Which one there is depends on the kernel.
struct LinkKinds {
  std::string_view bridge = "bridge";
  std::string_view other = "dummy";
};

// For `ip -batch`.
std::string link_commands(const Facts& facts, const InterfaceNames& renamed, const LinkKinds& kinds);
// Addresses, routes, and gateways as neighbours. One that is refused is no reason not to try the others.
std::string address_commands(const Facts& facts, const InterfaceNames& renamed);

}  // namespace pyfw
