// What it costs to ask who reaches a service, and what a plan changes, as ratios to `iptables-save` of the
// same rules and to `pyfw state` of the same file.

#pragma once

#include <string>

namespace pyfw::bench {

// In the network namespace that it is in, which it fills. Files go to the folder. False where something
// failed.
bool bench_who(const std::string& folder);

}  // namespace pyfw::bench
