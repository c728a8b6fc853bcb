// Values of a field as spans, and what can be done with them.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "net/ip.h"
#include "prove/classes.h"

namespace pyfw {

using Spans = std::vector<PointSpan>;

// All of these take spans in any order, which may overlap, and give them in order, as few as can be.
Spans joined(Spans spans);
Spans both(const Spans& a, const Spans& b);
Spans without(const Spans& a, const Spans& b);

// "10.0.0.0/8", "10.0.0.7", "10.0.0.7-10.0.0.12", each.
std::vector<std::string> texts_of(const Spans& spans, Family family);

// "22, 8000-8010".
std::string numbers_of(const Spans& spans);

}  // namespace pyfw
