// Which addresses a set has, as spans: where its members begin and end is read off them, what lies between is
// asked of the index that the tracer asks, so that both say the same of nomatch, of address 0, of everything.

#pragma once

#include <optional>
#include <vector>

#include "ext/set_element.h"
#include "ext/set_index.h"
#include "nf/set.h"
#include "prove/classes.h"

namespace pyfw {

// Of sets of one address, hash:ip, hash:net, bitmap:ip. None where the set is another, has a member that
// nobody can read, or a bitmask that is no prefix.
std::optional<std::vector<PointSpan>> addresses_in(const Set& set, bool return_nomatch = false);

// How many bits of an address a set looks at; none where they are not its first.
std::optional<unsigned> prefix_length_of(const std::optional<Ip>& mask, Family family);
// The addresses that a member's first or second address part stands for.
PointSpan span_of_address(const SetElement& element, std::size_t which, unsigned most_bits, Family family);

}  // namespace pyfw
