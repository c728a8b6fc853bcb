// Names of interfaces that others have given: the kernel takes nearly any, iptables reads more into some.

#pragma once

#include <string_view>

#include "base/error.h"

namespace pyfw {

// Fails, without a place, where a rule of that name would not mean just that interface: iptables takes `e+`
// for every interface whose name begins with e.
Result<void> check_interface_name(std::string_view name);

}  // namespace pyfw
