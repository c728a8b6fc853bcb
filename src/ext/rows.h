// The table of extensions: for each match and target that iptables 1.8.9 has, how its options become
// conditions or an effect, and how much of it can be told.
//
//   for (const MatchRow& row : match_rows())
//     if (row.precision != Precision::kUnknowable) …

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ext/conditions.h"
#include "ext/target_values.h"
#include "ext/words.h"

namespace pyfw {

enum class Families : std::uint8_t { kBoth, kIpv4, kIpv6 };

enum class Precision : std::uint8_t {
  kExact,
  kExactBut,    // for the options or packets that `untold` names
  kSometimes,   // known only where the packet can't match anyway, or can't but match
  kUnknowable,  // hangs on what happened before, on the clock, on a payload, …
};
constexpr bool is_exact(Precision precision) {
  return precision == Precision::kExact || precision == Precision::kExactBut;
}

using Conditions = std::vector<Condition>;

struct MatchRow {
  std::string_view name;
  Families families = Families::kBoth;
  Precision precision = Precision::kExact;
  // Adds what the match asks for. False where it has an option or a value that this does not know.
  bool (*compile)(Words& words, Family family, Conditions& out) = nullptr;
  std::string_view
      untold{};             // the options that are Unknowable, or why the match as a whole is; none of kExact
  bool is_per_rule = true;  // of what is unknowable as a whole: as in conditions.h
};

struct TargetRow {
  std::string_view name;
  Families families = Families::kBoth;
  Precision precision = Precision::kExact;
  // None where it has an option or a value that this does not know.
  std::optional<Target> (*compile)(Words& words, Family family) = nullptr;
  std::string_view untold{};
};

// Sorted by name.
std::span<const MatchRow> match_rows();
std::span<const TargetRow> target_rows();
// Null where there is none in that family.
const MatchRow* find_match_row(std::string_view name, Family family);
const TargetRow* find_target_row(std::string_view name, Family family);

constexpr bool is_of(Families families, Family family) {
  return families == Families::kBoth || (families == Families::kIpv4) == (family == Family::kIpv4);
}

}  // namespace pyfw
