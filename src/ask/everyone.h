// Expectations about more packets than can be asked one by one: each is proved, or refuted by a packet.

#pragma once

#include "ask/check.h"

namespace pyfw {

// `any`, a prefix, a set of networks, or all but some.
bool is_about_everyone(const Expectation& expectation, const Scene& scene);

// What a proof takes for granted of packets, in words.
std::string_view assumed_of_everyone();

// A finding without answers is a proof; of one that fails, they are packets that break it. Fails, at its
// place, where that can't be told of one of the ends.
Result<Finding> find_for_everyone(const Expectation& expectation, const Scene& scene);

}  // namespace pyfw
