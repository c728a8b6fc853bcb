#include "show/rule_words.h"

#include <algorithm>

#include "nf/tokens.h"

namespace pyfw {

std::string name_of(const Rule& rule) {
  auto comments = comments_of(rule);
  return comments.empty() ? std::string() : std::move(comments.front());
}

std::string text_beside_name(const Rule& rule) {
  if (name_of(rule).empty()) return rule.text;
  auto tokens = tokens_of(rule);
  auto option = std::ranges::find(tokens, "--comment");
  if (tokens.end() - option < 2) return rule.text;
  bool loads_match = option - tokens.begin() >= 2 && *(option - 1) == "comment" && *(option - 2) == "-m";
  tokens.erase(loads_match ? option - 2 : option, option + 2);
  return write_tokens(tokens);
}

}  // namespace pyfw
