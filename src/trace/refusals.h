// Packets that answer a packet, and where they come in.

#pragma once

#include <cstdint>
#include <optional>

#include "trace/flow.h"
#include "trace/receivers.h"

namespace pyfw {

struct Refusal {
  std::optional<Arrival> arrival{};  // none: nobody is told
  // Goes straight out by the bridge's port that the packet came in by, past all hooks.
  std::optional<Path> straight{};
  bool is_immediate = false;  // a process of the host itself gets an error from its own kernel
};

// REJECT's answer, of the leg that a rule rejected.
Refusal refusal_by_rule(const TracedHost& host, const Leg& leg);
// A router's ICMP error.
Refusal refusal_by_router(const TracedHost& host, const Leg& leg, DropReason reason);
// RST, or "port unreachable", where nobody listens.
Refusal refusal_by_receiver(const TracedHost& host, const Path& path);

// From where the path ended: from the host itself, or in by the interface that it left by.
Arrival arrival_of_answer(const TracedHost& host, const Path& path, const Packet& answer);

// The source port of docker-proxy's connections: any that a client might have.
inline constexpr std::uint16_t kProxyPort = 50000;

// docker-proxy's connection to the container; none where the container has no address.
std::optional<Arrival> arrival_of_proxy(const TracedHost& host, const Reception& reception,
                                        const Packet& request);

}  // namespace pyfw
