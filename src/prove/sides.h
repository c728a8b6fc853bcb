// What ways say of their packets, where something can't be told.

#pragma once

#include <functional>
#include <span>

#include "prove/reach.h"

namespace pyfw {

// The packets of which something is so whatever the answers are to what can't be told, those of which it is
// never so, and those of which it hangs on that.
struct Sides {
  Bdd::Node always = Bdd::kNone;
  Bdd::Node never = Bdd::kNone;
  Bdd::Node sometimes = Bdd::kNone;
};
Sides sides_of(Reach& reach, std::span<const Region> regions,
               const std::function<bool(const FlowVerdict&)>& is_so);

}  // namespace pyfw
