// Who reaches whom, by real connections: TCP, and then a request that wants an answer.
//
//   auto answers = probe({{.from = "host2", .network = host2.network(), .address = "10.0.0.1", .port = 80}});

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw::lab {

struct Probe {
  std::string from;     // who asks, for people
  int network;          // the network namespace it asks from
  std::string address;  // IPv4 or IPv6
  std::uint16_t port;
};

enum class Reach {
  kWorks,    // connected, and answered the request
  kRefused,  // an answer said no: a reset, an ICMP error, or a connection closed without an answer
  kDropped,  // silence
};

std::string_view word(Reach reach);

// All at the same time, so that any number of dropped ones costs the time limit once.
Result<std::vector<Reach>> probe(std::span<const Probe> probes, int timeout_ms = 3'000);

}  // namespace pyfw::lab
