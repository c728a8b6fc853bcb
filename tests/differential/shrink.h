// A difference, made as small as it can be and still be seen: rules, chains, sets, routes and settings that
// do not matter are taken out.

#pragma once

#include <string>
#include <vector>

#include "scenario.h"

namespace pyfw::differential {

// Packets one after the other, of which the last one made the difference.
using Story = std::vector<Shipment>;

struct Difference {
  Scenario scenario;
  Story story;
};

// At most so many attempts, each of which builds the host anew.
Difference shrink(Difference difference, int attempts = 300);

// What one needs to see it again, with both ways.
std::string reproducer(const Difference& difference);

}  // namespace pyfw::differential
