// What Docker runs in the network namespace that we are in: its own answers, and what it does not say itself.
//
//   TRY(facts.docker, read_docker(facts.interfaces));

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "docker/docker_socket.h"
#include "host/facts.h"

namespace pyfw {

using AskDocker = std::function<Result<HttpAnswer>(std::string_view what)>;

// Networks and containers, also those that do not run. A container that is gone by the time that it is asked
// about is left out.
Result<Docker> ask_docker(const AskDocker& ask);

// Networks and containers alone, for which nobody waits long: it takes 2 s at most, then it fails.
//
// Both fail where Docker gives no sensible answer. None where there is no socket, and where the Docker behind
// it works in another network namespace.
Result<std::optional<Docker>> read_docker_inventory();
// With what runs in the containers, and what it does not say itself.
Result<std::optional<Docker>> read_docker(const std::vector<Interface>& interfaces);

}  // namespace pyfw
