// Which programs maintain rules of their own, and how theirs are told from the owner's: one row a program.

#pragma once

#include <array>
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
  bool bans = false;             // by rules that have to stand above those that let in
};

std::span<const MaintainerRow> maintainer_rows();

}  // namespace pyfw
