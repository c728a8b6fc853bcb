// What a compiled rule does and asks, in the words of lints.

#pragma once

#include <algorithm>
#include <variant>

#include "ext/evaluate.h"

namespace pyfw {

inline bool drops_or_rejects(const CompiledRule& rule) {
  return std::holds_alternative<Drop>(rule.target) || std::holds_alternative<Reject>(rule.target);
}

inline bool asks(const CompiledRule& rule, NumberField field) {
  return std::ranges::any_of(rule.conditions, [&](const Condition& condition) {
    const auto* number = std::get_if<NumberIn>(&condition.kind);
    return number != nullptr && number->field == field;
  });
}

inline bool asks(const CompiledRule& rule, AddressField field) {
  return std::ranges::any_of(rule.conditions, [&](const Condition& condition) {
    const auto* address = std::get_if<AddressIn>(&condition.kind);
    return address != nullptr && address->field == field;
  });
}

// `--match-set bad src`: it is about those members, whoever they are.
inline bool names_members_as_source(const CompiledRule& rule) {
  return std::ranges::any_of(rule.conditions, [](const Condition& condition) {
    const auto* set = std::get_if<InSet>(&condition.kind);
    return set != nullptr && !set->inverted && (set->sources & 1U) != 0;
  });
}

// `-p tcp`: that protocol and no other.
inline bool is_for(const CompiledRule& rule, std::uint8_t protocol) {
  return std::ranges::any_of(rule.conditions, [&](const Condition& condition) {
    const auto* number = std::get_if<NumberIn>(&condition.kind);
    return number != nullptr && number->field == NumberField::kProtocol && !number->inverted &&
           number->more.empty() && number->range.first == protocol && number->range.last == protocol;
  });
}

}  // namespace pyfw
