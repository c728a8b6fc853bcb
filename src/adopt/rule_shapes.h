// Rules that programs put into the chains that all share, and that only their shape gives away.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pyfw {

// One such rule, as a regular expression for the whole of its text. In it BRIDGE stands for Docker's bridges,
// VIRBR for libvirt's, ADDRESS for an address or prefix.
struct RuleShape {
  enum class Where : std::uint8_t {
    kAnywhere,
    kBesideItsChains,   // where the program has chains
    kWithoutItsChains,  // of old versions, which have none
  };
  // Where the program puts a new one.
  enum class Comes : std::uint8_t {
    kFirst,  // or not often enough to matter
    kLast,   // again and again, as containers start
  };
  std::string_view program;
  Where where = Where::kBesideItsChains;
  std::string_view table;
  std::string_view chain;
  std::string_view text;
  Comes comes = Comes::kFirst;
  // Finds those that may come too. Empty: a rule is found by its own text only.
  std::string_view kind{};
};

std::span<const RuleShape> rule_shapes();

}  // namespace pyfw
