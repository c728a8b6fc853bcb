// Frames that come in by a bridge: for the host, or from one port to another (br_netfilter).

#pragma once

#include <string>
#include <string_view>

#include "trace/journey.h"

namespace pyfw {

enum class BridgeWay : std::uint8_t {
  kNone,    // it is routed as any other packet; PREROUTING is yet to come
  kHooked,  // the same, and it has passed PREROUTING
  kRouted,  // NAT in PREROUTING led it out of the bridge: it is routed already
  kEnded,   // it went its way, or was dropped
};

// Sets the packet's interfaces, and follows it where it stays within the bridge.
BridgeWay pass_bridge(Journey& journey);

// The bridge that an interface is, or is a port of; empty where it is neither.
std::string bridge_of(const CompiledHost& host, std::string_view interface);

// The port of a bridge behind which an address is known to be; empty where nobody knows.
std::string port_towards(const CompiledHost& host, std::string_view bridge, const Ip& ip);

}  // namespace pyfw
