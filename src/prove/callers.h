// Who can open a connection to one address and port, of all packets that there are.
//
//   auto called = callers_of(reach, traced, syn_by_eth0);
//   for (const Callers& some : called->callers) …      // those that reach it, by what they have in common

#pragma once

#include <string>
#include <vector>

#include "prove/conditions.h"

namespace pyfw {

// Sources that get through alike.
struct Callers {
  Spans sources{};  // none: processes of the host itself
  Conditions conditions{};
  // What it hangs on that can't be told; nothing where it is certain.
  std::vector<OpenQuestion> questions{};
  Arrival example{};
};

struct Called {
  Spans asked{};  // the sources that come in there at all
  std::vector<Callers> callers{};
};

// Packets like that one, whose source, source port, TTL, TOS, length and TCP options may be any, as far as
// they come in by its interface (Reach::coming_in_by), live long enough to be handed on, and are not from the
// destination itself, which must have been added to the reach. Where it has
// none, a process of the host sends it, and its source is its own.
Result<Called> callers_of(Reach& reach, const TracedHost& host, const Arrival& like);

// The fields that a Reach for this must leave free.
std::vector<Field> free_of_callers();

}  // namespace pyfw
