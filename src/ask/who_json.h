// Who reaches each service, as data: docs/who.schema.json says how.

#pragma once

#include <span>
#include <string>

#include "ask/who.h"

namespace pyfw {

std::string as_json(std::span<const Reached> services, const Scene& scene);

}  // namespace pyfw
