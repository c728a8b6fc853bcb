// One datagram and its answer, from a socket on one host to one on another: which of the two got through?
//
//   auto met = exchange({.network = stranger, .port = 123}, {.network = docker_host, .address =
//   "203.0.113.10",
//                                                            .port = 161});

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pyfw::recipes {

enum class Exchange : std::uint8_t { kAnswered, kUnanswered, kLost };

std::string_view word(Exchange exchange);

struct Asking {
  int network;
  std::uint16_t port = 0;  // 0: any
};

struct Answering {
  int network;
  std::string address;  // IPv4, as who asks names it
  std::uint16_t port;
};

Result<Exchange> exchange(const Asking& asking, const Answering& answering, int timeout_ms = 1'000);

}  // namespace pyfw::recipes
