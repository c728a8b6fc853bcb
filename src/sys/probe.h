// Connections that are made for real, to see what becomes of them: TCP is connected, UDP gets one byte.
//
//   auto seen = probe_all(probes);        // all at the same time, some two seconds

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "net/ip.h"
#include "net/packet.h"

namespace pyfw {

struct Probe {
  std::int64_t pid = 0;        // of a process in the network namespace that it starts in; 0: our own
  std::optional<Ip> source{};  // none: the kernel chooses
  std::string bound_to{};      // an interface, or empty
  std::uint8_t protocol = kTcp;
  Ip destination;
  std::uint16_t port = 0;
};

struct Seen {
  enum class Kind : std::uint8_t {
    kAnswer,  // connected, or a datagram came back
    kRefusal,
    kSilence,
    kNotSent,  // and `error` says why
    kStopped,  // our own host let it not go out
  };
  Kind kind = Kind::kSilence;
  std::string error{};
};

// One for each, in their order.
std::vector<Seen> probe_all(std::span<const Probe> probes,
                            std::chrono::milliseconds limit = std::chrono::seconds(2));

}  // namespace pyfw
