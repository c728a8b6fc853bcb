// Where the owner's rules stand among those of others, said as wishes: which foreign rules a `~match` has to
// bring above them, and where `~rest` stands for the others.
//
//   owner, Docker's, owner      ->  owner, ~rest, owner
//   Docker's, owner, libvirt's  ->  ~match: -j DOCKER-USER$, owner     (the rest follows by itself)
//
// Where a program appends rules again and again, the rest is best at the end: else the owner's rules would
// have to be moved behind each of them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "nf/rule.h"

namespace pyfw {

// A rule of a chain, as it stands there.
struct PlacedRule {
  const Rule* rule = nullptr;
  bool is_wished = false;
  std::string pattern{};  // of one that is not: finds rules of its kind; empty: just its text
};

// Where others put new rules.
enum class NewRules : std::uint8_t {
  kAnywhere,
  kAtEnd,
};

struct LayoutEntry {
  enum class Kind { kRule, kMatch, kRest, kEnd };  // kEnd: the rest, at the end, where no ~rest is needed
  Kind kind = Kind::kRule;
  std::size_t rule = 0;                  // of kRule, its index
  std::string pattern{};                 // of kMatch
  std::vector<std::size_t> stand_for{};  // of the others, the indexes of the rules there
};

struct ChainLayout {
  std::vector<LayoutEntry> entries{};
  // Wished rules that stand between two copies of a foreign one, where no wish can put them.
  std::set<std::size_t> given_up{};
};

// Planning these on the chain they come from moves nothing.
ChainLayout lay_out(std::span<const PlacedRule> rules, NewRules new_rules);

}  // namespace pyfw
