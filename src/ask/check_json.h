// What has become of expectations, as programs read it: docs/check.schema.json describes the document.

#pragma once

#include <span>
#include <string>

#include "ask/check.h"

namespace pyfw {

// Ends with a newline. Bytes that are no UTF-8 become U+FFFD.
std::string as_json(std::span<const Finding> findings, const Scene& scene);

}  // namespace pyfw
