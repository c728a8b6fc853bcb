// Which programs maintain rules of their own, and how theirs are told from the owner's: one row a program.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace pyfw {

// A name, or the beginning of one where it ends in '*'; empty ones stand for nothing.
using NamePatterns = std::array<std::string_view, 20>;

bool is_called(std::string_view pattern, std::string_view name);

struct MaintainerRow {
  std::string_view program;
  std::string_view why;   // why its rules are left to it, as the rest of a sentence
  NamePatterns chains{};  // that it owns wholly
  NamePatterns shared{};  // that it makes for the owner's rules
  NamePatterns sets{};
  NamePatterns comments{};       // of rules that it puts into chains of others
  NamePatterns signs{};          // chains without which none of these is its: others may call theirs so
  bool writes_comments = false;  // a jump of its may bear one; else a comment says that it is the owner's
  bool sets_policies = false;    // of filter
};

std::span<const MaintainerRow> maintainer_rows();

// A rule in a chain of others that only its shape gives away, as a regular expression for the whole of its
// text. In it BRIDGE stands for Docker's bridges, VIRBR for libvirt's, ADDRESS for an address or prefix.
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
