// Which addresses a set has, as spans: where its members begin and end is read off them. Where they are not
// merely all together, as with nomatch, the index that the tracer asks is asked of what lies between.

#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ext/set_index.h"
#include "nf/set.h"
#include "prove/classes.h"

namespace pyfw {

// Of sets of one address, hash:ip, hash:net, bitmap:ip. None where the set is another, has a member that
// nobody can read, or a bitmask that is no prefix.
std::optional<std::vector<PointSpan>> addresses_in(const Set& set, bool return_nomatch = false);

// Of sets of several parts: what members ask of one part, those together that ask the same of all others. Two
// values that none of this tells apart are in the same members.
struct PartQuestion {
  std::size_t part = 0;  // of SetLayout::parts
  bool is_port = false;
  std::vector<PointSpan> spans{};
};
// Of a list of sets there are none. None at all where a member can't be read, or a bitmask is no prefix.
std::optional<std::vector<PartQuestion>> parts_asked_by(const Set& set);

}  // namespace pyfw
