// What the kernel is set to, of all that decides about a packet's way: /proc/sys/net of the network namespace
// that the calling thread is in.

#pragma once

#include <string>

#include "host/facts.h"

namespace pyfw {

// What is not there counts as 0: IPv6, br_netfilter.
Settings read_settings(const std::string& folder = "/proc/sys/net");

}  // namespace pyfw
