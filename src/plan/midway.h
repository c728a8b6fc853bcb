// A table halfway between two states: it lets a packet through only if both do. Where several tables change,
// each goes by its midway, so that no mixture of old and new tables is more open than both.

#pragma once

#include <optional>
#include <vector>

#include "nf/desired.h"
#include "plan/effect.h"

namespace pyfw {

// What the change of one table does.
struct TableEffect {
  unsigned effect = kNone;   // of its rules that go, come or move, and of its policies
  bool is_divisible = true;  // every such rule either closes or opens, so that there is a midway
};

// `live` is null where nobody has touched the table yet.
TableEffect effect_of_change(Family family, const Table* live, const Table& desired, const Desired& all);

struct Midway {
  Table table;
  ForeignFlags foreign;  // of the chains of this table
};

// Each chain with the rules that stay, the new ones that close and the old ones that close; an old one that
// opens stays where a new one with the same conditions takes its place. A rule that moves stands once, where
// it lets the less through. DROP where either policy is.
Midway midway(Family family, const Table* live, const Table& desired, const Desired& all);

}  // namespace pyfw
