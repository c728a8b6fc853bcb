#include "show/rule_words.h"

namespace pyfw {

std::string name_of(const Rule& rule) {
  auto comments = comments_of(rule);
  return comments.empty() ? std::string() : std::move(comments.front());
}

std::string text_beside_name(const Rule& rule) {
  auto name = name_of(rule);
  return name.empty() ? rule.text : without_comment(rule, name).text;
}

}  // namespace pyfw
