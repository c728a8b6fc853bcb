// What a plan changes, as numbers and in one line of plain words.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "show/description.h"

namespace pyfw {

struct Totals {
  std::size_t rules_new = 0;
  std::size_t rules_changed = 0;
  std::size_t rules_moved = 0;
  std::size_t rules_gone = 0;
  std::size_t policies = 0;
  std::size_t chains_new = 0;
  std::size_t chains_gone = 0;
  std::size_t sets_new = 0;
  std::size_t sets_replaced = 0;
  std::size_t sets_reordered = 0;
  std::size_t sets_gone = 0;
  std::size_t members_in = 0;
  std::size_t members_out = 0;
  std::size_t members_changed = 0;
  std::size_t sets_with_members = 0;  // in which members come, go or change

  bool operator==(const Totals&) const = default;
};

Totals count(const Description& description);

// "3 rules new, 1 moved; 1 policy", or "nothing".
std::string totals_of(const Description& description);

// "1 rule", "64,990 rules".
std::string counted(std::size_t number, std::string_view one, std::string_view many);
std::string with_commas(std::size_t number);

}  // namespace pyfw
