// Whether a kernel has what it shall have.

#pragma once

#include <string>

#include "nf/state.h"

namespace pyfw {

// The first difference in words, or nothing. Tables and chains that hold nothing are the same as none; the
// order of a set's members, its size, its random numbers and its defaults mean nothing.
std::string difference(const State& there, const State& wanted);

}  // namespace pyfw
