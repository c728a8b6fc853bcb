#include "nf/rule.h"

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

// Every option that is followed by the name of a set ends so.
constexpr std::string_view kSetOption = "-set ";

bool takes_set(const std::string& option) {
  constexpr std::array<std::string_view, 4> kOptions = {"--match-set", "--add-set", "--del-set", "--map-set"};
  return contains(kOptions, option);
}

// What follows is any text, also one that looks like an option.
bool takes_text(const std::string& option) {
  return option == "--comment" || option == "--string" || option.ends_with("-prefix");
}

}  // namespace

std::vector<std::string> tokens_of(const Rule& rule) { return tokenise_saved(rule.text); }

std::vector<std::string> comments_of(const Rule& rule) {
  // Most rules have none or one without quotes; tokenising each of ten thousand is what a plan would spend
  // its time on.
  constexpr std::string_view kOption = "--comment ";
  std::string_view text = rule.text;
  auto at = text.find(kOption);
  if (at == std::string_view::npos) return {};
  if (text.find('"') == std::string_view::npos && text.find(kOption, at + 1) == std::string_view::npos &&
      at > 0 && text[at - 1] == ' ') {
    auto rest = text.substr(at + kOption.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    return {std::string(rest.substr(0, rest.find(' ')))};
  }
  std::vector<std::string> comments;
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (tokens[i] == "--comment") comments.push_back(tokens[++i]);
  return comments;
}

bool bears_name(const Rule& rule, std::string_view name) { return contains(comments_of(rule), name); }

Rule without_comment(const Rule& rule, std::string_view comment) {
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i] != "--comment" || tokens[i + 1] != comment) continue;
    bool loads_match = i >= 2 && tokens[i - 1] == "comment" && tokens[i - 2] == "-m";
    auto at = tokens.begin() + static_cast<std::ptrdiff_t>(i);
    tokens.erase(loads_match ? at - 2 : at, at + 2);
    return Rule{write_tokens(tokens)};
  }
  return rule;
}

bool is_temporary(const Rule& rule) {
  if (rule.text.find(kTempPrefix) == std::string::npos) return false;
  auto is_ours = [](const std::string& name) { return name.starts_with(kTempPrefix); };
  return std::ranges::any_of(comments_of(rule), is_ours) || std::ranges::any_of(sets_named_by(rule), is_ours);
}

std::vector<std::string> sets_named_by(const Rule& rule) {
  if (rule.text.find(kSetOption) == std::string::npos) return {};
  std::vector<std::string> sets;
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (takes_text(tokens[i])) {
      ++i;
    } else if (takes_set(tokens[i])) {
      sets.push_back(tokens[++i]);
    }
  }
  return sets;
}

Rule with_sets(const Rule& rule, const std::map<std::string, std::string>& renamed) {
  if (rule.text.find(kSetOption) == std::string::npos) return rule;
  auto tokens = tokens_of(rule);
  bool is_other = false;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (takes_text(tokens[i])) {
      ++i;
      continue;
    }
    if (!takes_set(tokens[i])) continue;
    auto found = renamed.find(tokens[++i]);
    if (found == renamed.end()) continue;
    tokens[i] = found->second;
    is_other = true;
  }
  return is_other ? Rule{write_tokens(tokens)} : rule;
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

bool is_own_key(const Rule& rule) {
  const auto& text = rule.text;
  bool blank = true;
  for (char c : text) {
    if (c == '"' || c == '\t' || c == '\n' || (c == ' ' && blank)) return false;
    blank = c == ' ';
  }
  return text.empty() || !blank;
}

std::string rule_key(const Rule& rule) {
  return is_own_key(rule) ? rule.text : write_tokens(tokens_of(rule));
}

std::string target_of(const Rule& rule) {
  // Where only one word can be the option, the words can be looked at in place.
  std::string_view text = rule.text;
  std::size_t found = 0;
  std::string_view name;
  for (std::string_view option : {"-j ", "-g "}) {
    for (auto at = text.find(option); at != std::string_view::npos; at = text.find(option, at + 1)) {
      if (at > 0 && text[at - 1] != ' ') continue;
      ++found;
      name = text.substr(at + option.size());
    }
  }
  if (found == 0) return {};
  if (found == 1 && text.find('"') == std::string_view::npos)
    return std::string(name.substr(0, name.find(' ')));
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i] == "-j" || tokens[i] == "-g") return tokens[i + 1];
    if (takes_text(tokens[i])) ++i;
  }
  return {};
}

}  // namespace pyfw
