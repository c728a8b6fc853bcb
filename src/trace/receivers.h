// Who gets a packet at its way's end.

#pragma once

#include <optional>
#include <string>

#include "trace/flow.h"

namespace pyfw {

struct Reception {
  Receiver receiver = Receiver::kNobody;
  std::string name{};                    // the program, or the container
  const Container* container = nullptr;  // that gets it, or to which the proxy connects
  std::uint16_t container_port = 0;      // of kDockerProxy
};

// Of a path that ended delivered, forwarded or sent. kAssumed where it is not known whether someone listens.
Reception receiver_of(const TracedHost& host, const Path& path);

// What is said of an address in a network of Docker's whose way nobody here follows: "the network lan
// (macvlan), which is not evaluated". None of all others.
std::optional<std::string> unevaluated_network(const TracedHost& host, const Ip& ip);

}  // namespace pyfw
