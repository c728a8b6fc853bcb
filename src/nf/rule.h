// A rule: what stands behind `-A CHAIN` in iptables-save, byte for byte.
//
//   Rule rule{"-s 10.0.0.0/8 -m comment --comment office -j ACCEPT"};
//   bears_name(rule, "office")      // true

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pyfw {

struct Rule {
  std::string text;

  auto operator<=>(const Rule&) const = default;
};

std::vector<std::string> tokens_of(const Rule& rule);

// The text of its comments (`-m comment --comment`); a rule rarely has more than one.
std::vector<std::string> comments_of(const Rule& rule);
bool bears_name(const Rule& rule, std::string_view name);
// Without the first comment of that text, and the match that holds it; the same rule where it has none.
Rule without_comment(const Rule& rule, std::string_view comment);

// The rules that a move puts in place for a moment bear this before their name, and so do the sets that a
// change builds aside.
inline constexpr std::string_view kTempPrefix = "_pyfw_temp_";
// A rule of such a name, or one that names such a set.
bool is_temporary(const Rule& rule);

// The sets that a rule matches on or changes, and the same rule with other sets in their place.
std::vector<std::string> sets_named_by(const Rule& rule);
Rule with_sets(const Rule& rule, const std::map<std::string, std::string>& renamed);

// The same rule under a temporary name; without a comment it gets one before its text.
Rule temporary(const Rule& rule);

// The text without what a writer may do differently and still mean the same: runs of blanks, needless
// quotes. Two texts with one key are the same rule. Nearly all texts are their own keys.
std::string rule_key(const Rule& rule);
bool is_own_key(const Rule& rule);

// The name behind -j or -g, empty for a rule without target.
std::string target_of(const Rule& rule);

}  // namespace pyfw
