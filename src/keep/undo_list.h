// Taking back what was done to a list (the rules of a chain, the members of a list:set) that others have
// edited since.
//
//   before  A B C      after  A X C      now  A X D C      undone  A B D C
//
// Texts that are the same rule (rule_key in nf/rule.h) are the same entry.

#pragma once

#include <span>
#include <string>
#include <vector>

namespace pyfw {

struct ListChange {
  std::span<const std::string> before;
  std::span<const std::string> after;
  std::span<const std::string> own;     // stand in both, and may have been taken to another place
  std::span<const std::string> relaid;  // stand in both, but were taken out and put back
};

struct Entry {
  std::string text;
  bool is_from_now = true;  // stands where it stood; else it is put back

  bool operator==(const Entry&) const = default;
};

// What was added goes, as many copies as came; what was taken out comes back unless it stands there again,
// and what was moved returns: behind the nearest entry above it in `before` that stands (and that others have
// not put into another order), else before the nearest below, else at the top. All else stays as it is.
// Works whether the change was carried out or not.
std::vector<Entry> undo_list(const ListChange& change, std::vector<Entry> now);

}  // namespace pyfw
