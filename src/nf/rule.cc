#include "nf/rule.h"

#include <algorithm>

#include "base/contains.h"
#include "nf/tokens.h"

namespace pyfw {

std::vector<std::string> tokens_of(const Rule& rule) { return tokenise_saved(rule.text); }

std::vector<std::string> comments_of(const Rule& rule) {
  // Most rules have none, and tokenising each of ten thousand is what a plan would spend its time on.
  if (rule.text.find("--comment ") == std::string::npos) return {};
  std::vector<std::string> comments;
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (tokens[i] == "--comment") comments.push_back(tokens[++i]);
  return comments;
}

bool bears_name(const Rule& rule, std::string_view name) {
  return contains(comments_of(rule), name);
}

bool is_temporary(const Rule& rule) {
  if (rule.text.find(kTempPrefix) == std::string::npos) return false;
  return std::ranges::any_of(comments_of(rule),
                             [](const std::string& comment) { return comment.starts_with(kTempPrefix); });
}

Rule temporary(const Rule& rule) {
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i] != "--comment") continue;
    tokens[i + 1].insert(0, kTempPrefix);
    return Rule{write_tokens(tokens)};
  }
  tokens.insert(tokens.begin(), {"-m", "comment", "--comment", std::string(kTempPrefix)});
  return Rule{write_tokens(tokens)};
}

std::string rule_key(const Rule& rule) {
  const auto& text = rule.text;
  bool plain = text.find_first_of("\"\t\n") == std::string::npos && text.find("  ") == std::string::npos &&
               !text.starts_with(' ') && !text.ends_with(' ');
  return plain ? text : write_tokens(tokens_of(rule));
}

std::string target_of(const Rule& rule) {
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i] == "-j" || tokens[i] == "-g") return tokens[i + 1];
    if (tokens[i] == "--comment" || tokens[i] == "--log-prefix") ++i;
  }
  return {};
}

}  // namespace pyfw
