// How a rule is called and read: its wish's name, and the rest of its text.
//
//   "-s 10.0.0.0/8 -m comment --comment office -j ACCEPT"    office: -s 10.0.0.0/8 -j ACCEPT

#pragma once

#include <string>

#include "nf/rule.h"

namespace pyfw {

// Its first comment; empty where it has none.
std::string name_of(const Rule& rule);

// The text without that comment, for people; a rule without a name byte for byte.
std::string text_beside_name(const Rule& rule);

}  // namespace pyfw
