// One builtin chain in Z3: which packets get through, and what its rules make of the others.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/z3/packet.h"
#include "tests/z3/ruleset.h"

namespace z3check {

// For each rule that ends a packet's walk in its own way, those that it ends.
struct Walked {
  z3::expr passes;
  std::vector<std::pair<std::string, z3::expr>> rejected{};  // by --reject-with
  std::vector<std::pair<Translate, z3::expr>> translated{};
};

// Of the packets for which `coming` holds. What rules change of them is changed in `packet`. A chain that is
// not there lets everything through.
Walked walk(const Numbers& numbers, const Ruleset& rules, const std::vector<Set>& sets,
            const std::string& table, const std::string& chain, const z3::expr& coming, Packet& packet);

}  // namespace z3check
