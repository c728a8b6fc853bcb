// One end of a flow, as the owner names it: in expectations, and behind `trace --from` and `--to`.
//
//   192.168.122.193              10.0.0.0/8@eth1            set:allowed_hosts      host
//   192.168.122.190:8000/tcp     [2001:db8::7]:443          container:web:80       any
//
// What it stands for is known once there is a host to look at (ask/resolve.h).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ext/target_values.h"
#include "net/ip.h"
#include "wish/wishes.h"

namespace pyfw {

enum class EndpointRole : std::uint8_t { kSource, kDestination };

// Fails with the place of what is wrong in the text. A destination of a protocol with ports needs one, but
// which protocol that is may be for the other end to say: see check_ends.
Result<Endpoint> parse_endpoint(const Located& text, EndpointRole role);

// One text: an endpoint, or `not ENDPOINT`.
Result<Endpoints> parse_endpoints(const Located& text, EndpointRole role);

// Whether they fit together: one protocol, a port where it has ports, and for each source a destination of
// its family. Fails at the place of what does not fit.
Result<void> check_ends(const Endpoints& from, const Endpoints& to);

// Else there is no flow between them.
bool are_of_one_family(const Endpoint& from, const Endpoint& to);

// That of the flow: tcp if neither end names one.
std::uint8_t protocol_between(const Endpoint& from, const Endpoint& to);

}  // namespace pyfw
