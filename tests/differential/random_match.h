// Random matches of a rule: first the ones without `-m` and the protocol, then others.
//
//   auto matches = random_matches(near, {.hooks = bit(Hook::kInput), .is_builtin = true});
//   matches.text        // "-s 10.0.0.2/32 -p tcp -m tcp --dport 80 -m mark ! --mark 0x1"

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ext/encounter.h"
#include "near.h"
#include "nf/set.h"

namespace pyfw::differential {

using Hooks = unsigned;  // bits

constexpr Hooks bit(Hook hook) { return 1U << static_cast<unsigned>(hook); }
constexpr Hooks kAllHooks = 31;

// Where a rule stands.
struct Standing {
  std::string table;
  Hooks hooks = 0;          // from which it can be reached
  bool is_builtin = false;  // in a builtin chain, where iptables refuses -i or -o that can't be
};

struct Matches {
  std::string text;
  std::optional<std::uint8_t> protocol{};  // that it asks for
};

// `most`: of other matches.
Matches random_matches(const Near& near, const Standing& standing, const Sets& sets, std::size_t most = 2);

}  // namespace pyfw::differential
