#include "nf/tokens.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace pyfw {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

// Whether it may be more than a letter of a word.
bool may_part(char c) { return is_blank(c) || c == '\\' || c == '"' || c == '\''; }

// Options whose values iptables prints by xtables_save_string().
bool takes_free_text(std::string_view option) {
  constexpr std::array<std::string_view, 5> kOptions = {"--comment", "--log-prefix", "--nflog-prefix",
                                                        "--ulog-prefix", "--string"};
  return std::ranges::find(kOptions, option) != kOptions.end();
}

bool is_plain(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool falls_apart(std::string_view word) {
  constexpr Letters kParting(" \t\n\"");
  return word.empty() || kParting.has_any_of(word);
}

void append_quoted(std::string& line, std::string_view word) {
  line += '"';
  for (char c : word) {
    if (c == '"' || c == '\\' || c == '\'') line += '\\';
    line += c;
  }
  line += '"';
}

}  // namespace

std::vector<std::string> tokenise_saved(std::string_view text) {
  std::vector<std::string> tokens;
  std::string word;
  bool started = false;
  bool quoted = false;
  auto finish = [&] {
    if (started) tokens.push_back(std::move(word));
    word.clear();
    started = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted) {
      if (c == '\\' && i + 1 < text.size()) {
        word += text[++i];
      } else if (c == '"') {
        quoted = false;
        finish();
      } else {
        word += c;
      }
    } else if (c == '"') {
      quoted = started = true;
    } else if (is_blank(c)) {
      finish();
    } else {
      started = true;
      word += c;
    }
  }
  finish();
  return tokens;
}

Result<std::vector<Token>> tokenise_written(std::string_view text) {
  std::vector<Token> tokens;
  Token word;
  bool started = false;
  char quote = 0;
  std::size_t quote_at = 0;
  constexpr std::size_t kMostOften = 16;  // words of a rule
  tokens.reserve(kMostOften);
  auto finish = [&](std::size_t end) {
    if (started) {
      word.length = end - word.offset;
      tokens.push_back(std::move(word));
    }
    word = {};
    started = false;
  };
  auto start = [&](std::size_t at) {
    if (!started) word.offset = at;
    started = true;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quote == 0 && is_blank(c)) {
      finish(i);
      continue;
    }
    start(i);
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word.text += text[++i];
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      quote_at = i;
    } else if (c == quote && quote != 0) {
      quote = 0;
    } else {
      auto first = i;
      while (i + 1 < text.size() && !may_part(text[i + 1])) ++i;
      word.text += text.substr(first, i + 1 - first);
    }
  }
  if (quote != 0)
    return bad_input(Place{.source = nullptr, .line = 1, .column = quote_at + 1, .length = 1},
                     std::string("this quote is never closed: ") + quote);
  finish(text.size());
  return tokens;
}

std::vector<std::string> tokenise_ipset(std::string_view text) {
  std::vector<std::string> tokens;
  std::string word;
  bool quoted = false;
  auto finish = [&] {
    if (!word.empty()) tokens.push_back(std::move(word));
    word.clear();
  };
  for (char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && is_blank(c)) {
      finish();
    } else {
      word += c;
    }
  }
  finish();
  return tokens;
}

std::string write_ipset_tokens(std::span<const std::string> tokens) {
  std::string line;
  for (const auto& token : tokens) {
    if (!line.empty()) line += ' ';
    bool quoted = token.find_first_of(" \t\n") != std::string::npos;
    line += quoted ? '"' + token + '"' : token;
  }
  return line;
}

std::string write_tokens(std::span<const std::string> tokens) {
  std::string line;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0) line += ' ';
    bool free_text = i > 0 && takes_free_text(tokens[i - 1]);
    if (falls_apart(tokens[i]) || (free_text && !is_plain(tokens[i]))) {
      append_quoted(line, tokens[i]);
    } else {
      line += tokens[i];
    }
  }
  return line;
}

}  // namespace pyfw
