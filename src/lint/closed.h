// Whether the wishes shut a builtin chain of the table filter to those that nobody names.

#pragma once

#include <optional>

#include "lint/linted.h"

namespace pyfw {

// What shuts it: the policy DROP, or the wished rule that takes what is left. None where it stays open, and
// where others shut it.
std::optional<Place> closed_at(Linted& linted, Family family, std::string_view builtin);

// What of the wishes stops those packets there. None where some of them get through, and where others stop
// them.
std::optional<Place> place_that_stops(Linted& linted, Family family, std::string_view builtin,
                                      Bdd::Node asked);

// Whether someone whom no rule names can open a connection to a port that no rule names, there.
bool is_open(Linted& linted, Family family, std::string_view builtin);

}  // namespace pyfw
