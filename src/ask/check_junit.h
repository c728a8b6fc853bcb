// What has become of expectations, as the XML of JUnit that CI systems show: a test case each.

#pragma once

#include <span>
#include <string>

#include "ask/check.h"

namespace pyfw {

// Ends with a newline. Control characters and bytes that are no UTF-8 are made visible.
std::string as_junit(std::span<const Finding> findings);

}  // namespace pyfw
