// Who reaches each service, as a person reads it.
//
//   host:8000/tcp  container web, port 80
//     anywhere but set:blocked  by eth0
//     network bridge            by docker0
//     the host itself

#pragma once

#include <span>
#include <string>

#include "ask/trace_text.h"
#include "ask/who.h"

namespace pyfw {

// Ends with a newline. Control characters are made visible. kAll says of each by which rule it gets through,
// and what is assumed of packets.
std::string as_text(std::span<const Reached> services, const Scene& scene, Detail detail, bool colour);

// "source ports 1024-65535 only"; empty where nothing more must be so.
std::string condition_words(const Conditions& conditions);

}  // namespace pyfw
