// Rules of more kinds than a random host has by itself.

#pragma once

#include "tests/random/rules.h"

namespace pyfw {

// With some rules more, anywhere, and the sets that they look at.
Rules asking_for_more(const Rules& rules, const World& world);

}  // namespace pyfw
