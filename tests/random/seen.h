// What the tracer tells of one packet.

#pragma once

#include <optional>
#include <set>
#include <string>

#include "prove/random_host_for_tests.h"

namespace pyfw {

struct Seen {
  std::set<std::string> outcomes{};
  // Where NAT leads what works, and with which source, as its rules have it. Nothing where that is not
  // certain.
  std::optional<std::pair<std::string, std::string>> nat{};
  bool is_cut = false;  // more branches than the tracer follows

  bool operator==(const Seen&) const = default;
};

Seen seen_of(const TracedHost& host, const Arrival& arrival);
// Of what follows it on `host`, where it opens a connection on `opener`: no outcome where it does not.
Seen later_seen_of(const TracedHost& opener, const TracedHost& host, const Arrival& arrival);

std::string text_of(const Seen& seen);
std::string text_of(const Arrival& arrival);

}  // namespace pyfw
