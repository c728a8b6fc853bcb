// Rules of files, as the kernel would print them: somebody may have written a file for iptables-restore by
// hand, and `-p tcp --dport 22` is compared with wishes only as `-p tcp -m tcp --dport 22`.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/kernel.h"

namespace pyfw {

using AskSpelling = std::function<Result<std::vector<SpelledLine>>(const SpellRequest&)>;

// Asks of those rules alone that are not known to be spelled so. What the kernel here does not take, or can't
// be asked, stays as it is written.
State spelled_like_kernel(State state, const AskSpelling& ask);

// Rules of a state that the kernel here does not take, and its words.
using RefusedRules = std::map<const Rule*, std::string>;

RefusedRules refused_by_kernel(const State& state, const AskSpelling& ask);

}  // namespace pyfw
