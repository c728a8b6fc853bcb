// Rules in a chain of Docker's that Docker has not written, as `iptables -I DOCKER -i eth0 ! -s OFFICE -j
// DROP`: no wish says them, since they go when it writes its chain anew.

#pragma once

#include <string>

#include "nf/state.h"

namespace pyfw {

// In one that Docker owns wholly. It looks at something or does something that no rule of Docker's there
// does, of any version; another rule may be Docker's or not.
bool is_surely_not_dockers(const ChainId& id, const Rule& rule);

// Whether it stands in that chain.
bool has_rule(const State& state, const ChainId& id, const Rule& rule);

// "iptables filter DOCKER: -s 192.0.2.0/24 -j DROP"
std::string with_its_chain(const ChainId& id, const Rule& rule);

}  // namespace pyfw
