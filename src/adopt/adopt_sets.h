// The sets of a state as wishes.

#pragma once

#include <string>
#include <vector>

#include "adopt/adopt.h"
#include "adopt/adopted.h"
#include "adopt/left_out.h"
#include "adopt/maintainers.h"

namespace pyfw {

// `maintainers`: null keeps what others maintain. What goes into files beside is added to `files`.
std::vector<AdoptedSet> adopt_sets(const State& state, const Maintainers* maintainers, MembersIn members_in,
                                   LeftOut& left_out, std::vector<AdoptedFile>& files);

}  // namespace pyfw
