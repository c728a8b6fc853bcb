// Conditions in the few shapes in which most extensions need them.

#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "ext/rows.h"

namespace pyfw {

inline void add(Conditions& out, Condition::Kind kind) { out.push_back(Condition{std::move(kind)}); }

// Adds the number that an option asks for; false, as for every value that can't be read, where there is none.
inline bool add_number(Conditions& out, NumberField field, bool inverted, std::optional<NumberRange> range) {
  if (range) add(out, NumberIn{.field = field, .inverted = inverted, .range = *range});
  return range.has_value();
}

inline NumberIn number_is(NumberField field, std::uint32_t value) {
  return {.field = field, .range = {.first = value, .last = value}};
}
// The bits under the mask are as in `value`.
inline NumberIn bits_are(NumberField field, std::uint32_t value, std::uint32_t mask) {
  return {.field = field, .mask = mask, .range = {.first = value, .last = value}};
}
// At least one of these bits is set.
inline NumberIn has_any_bit(NumberField field, std::uint32_t bits) {
  return {.field = field, .mask = bits, .range = {.first = 1, .last = 0xffffffff}};
}
// Most transport matches pass over fragments, inverted or not.
inline void add_no_fragment(Conditions& out) { add(out, number_is(NumberField::kFragment, 0)); }

// Adds "ADDRESS", "ADDRESS/LENGTH" or "ADDRESS/MASK" of that family; false for any other text. `asked` says
// of which field, whether inverted, and what holds where it is absent.
bool add_address(Conditions& out, AddressIn asked, std::string_view text, Family family);

// "eth0", or "eth+" for all whose names begin so.
InterfaceIs interface_is(InterfaceField field, std::string_view pattern, bool inverted);

}  // namespace pyfw
