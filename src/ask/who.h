// Who reaches each service.

#pragma once

#include <string>
#include <vector>

#include "ask/services.h"
#include "ask/source_names.h"
#include "prove/callers.h"

namespace pyfw {

// Those who come in by one interface and get through alike.
struct Reaching {
  std::string interface{};  // empty: processes of the host itself
  SourceNames::Called from{};
  Callers callers{};
};

// Addresses of one service that the same ones reach.
struct Reached {
  Service service{};
  std::vector<Reaching> by{};
};

// Fails where nobody knows what interfaces the host has.
Result<std::vector<Reached>> who_reaches(const std::vector<Service>& services, const Scene& scene);

}  // namespace pyfw
