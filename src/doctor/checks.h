// What `pyfw doctor` looks for: each of these looks at one matter of a host, and gives what is wrong there or
// will surprise, in no order.
//
//   auto findings = look_at_forwarding(examined);

#pragma once

#include <vector>

#include "advise/advice.h"
#include "doctor/examined.h"

namespace pyfw {

using Findings = std::vector<Advice>;

Findings look_at_backends(const Examined& host);
Findings look_at_docker(const Examined& host);           // how it is set up
Findings look_at_docker_networks(const Examined& host);  // those that pyfw does not see
Findings look_at_docker_api(const Examined& host);
Findings look_at_docker_rules(const Examined& host);  // whether they stand
Findings look_at_forwarding(const Examined& host);
Findings look_at_bridges(const Examined& host);    // frames in them, which may pass the rules
Findings look_at_forgery(const Examined& host);    // what the kernel lets in of wrong addresses
Findings look_at_firewalls(const Examined& host);  // others than pyfw
Findings look_at_boot(const Examined& host);
Findings look_at_reach(const Examined& host);  // who gets to what
Findings look_at_limits(const Examined& host);
Findings look_at_programs(const Examined& host);
Findings look_at_own_affairs(const Examined& host);  // pyfw's
Findings look_at_unseen(const Examined& host);

}  // namespace pyfw
