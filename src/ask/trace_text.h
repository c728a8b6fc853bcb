// The way of a flow as a person reads it: hook by hook, only what matched, and the verdict.
//
//   192.168.122.67 to 192.168.122.190:8000/tcp
//
//   request: comes in by eth0, NEW
//   PREROUTING
//     nat PREROUTING 1  -m addrtype --dst-type LOCAL -j DOCKER
//                       DOCKER is Docker's: published ports, DNAT to their containers
//     nat DOCKER 2      ! -i docker0 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80
//     becomes           192.168.122.67:50000 to 172.17.0.2:80
//     routed            to 172.17.0.2 by docker0
//   FORWARD
//     …
//   works: accepted by filter DOCKER 1, …

#pragma once

#include <string>

#include "ask/flows.h"
#include "trace/flow.h"

namespace pyfw {

enum class Detail : std::uint8_t {
  kMatched,  // rules that matched
  kAll,      // all that were looked at
};

// Ends with a newline. Control characters are made visible.
std::string as_text(const FlowTrace& trace, const Flow& flow, const TracedHost& host, Detail detail,
                    bool colour);

}  // namespace pyfw
