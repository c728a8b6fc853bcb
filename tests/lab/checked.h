// What real connections did, held against what `pyfw check --probe` says of the same ones.
//
//   TRY(auto said, check(docker_host, {{{.from = "host", .to = "127.0.0.1:8000", .reached =
//   Reach::kDropped}}})); EXPECT_EQ(said.status, 0) << said.out;

#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "lab/host.h"
#include "lab/probe.h"

namespace pyfw::lab {

// Both ends as expectations name them: "192.168.122.66", "container:web", "127.0.0.11:53/udp".
struct Connection {
  std::string from;
  std::string to;
  Reach reached;
};

// Status 0 if the rules say the same of each, and no connection that pyfw itself made did anything else.
Result<Outcome> check(const Host& host, std::span<const Connection> connections,
                      const std::vector<std::string>& options = {});

}  // namespace pyfw::lab
