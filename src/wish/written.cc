#include "wish/written.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "ext/spelling.h"
#include "nf/tokens.h"
#include "wish/variables.h"
#include "wish/words.h"

namespace pyfw {
namespace {

// The kernel's limit, XT_MAX_COMMENT_LEN - 1; iptables cuts what is longer without a word.
constexpr std::size_t kLongestComment = 255;

Result<void> check_comments(const RuleWish& wish, const RuleWords& words) {
  for (const auto& comment : words.comments) {
    if (comment.text.size() > kLongestComment)
      return bad_input(comment.place, fmt::format("a comment has at most {} bytes", kLongestComment),
                       "the kernel cuts what is longer without a word");
    if (comment.text.starts_with(kTempPrefix))
      return bad_input(comment.place, fmt::format("comments that begin with {} are pyfw's own", kTempPrefix));
  }
  if (wish.kind != RuleWish::Kind::kNamed || words.comments.empty()) return {};
  bool named =
      std::ranges::any_of(words.comments, [&](const Word& word) { return word.text == wish.name.text; });
  if (!named)
    return bad_input(words.comments[0].place,
                     fmt::format("the comment of the rule '{}' must be its name", wish.name.text),
                     "pyfw knows its rules by their comments: leave it out, or use the same");
  return {};
}

class Writer {
 public:
  Writer(const Wishes& wishes, const Facts& facts, const ChainId& id)
      : id_(id), variables_(wishes, facts, id.family) {}

  Result<WrittenRule> write(const RuleWish& wish) {
    TRY(auto words, words_of(wish.text));
    TRY(auto read, check_words(words, id_.family));
    if (read.targets.empty())
      return bad_input(wish.text.place, "this rule has no target",
                       "end it with -j and what shall happen: -j ACCEPT, -j DROP, -j CHAIN");
    TRY_VOID(check_comments(wish, read));
    if (wish.kind == RuleWish::Kind::kNamed && read.comments.empty()) {
      std::vector<std::string> comment = {"-m", "comment", "--comment", wish.name.text};
      read.tokens.insert(read.tokens.begin() + static_cast<std::ptrdiff_t>(read.target_at), comment.begin(),
                         comment.end());
    }
    Rule rule{write_tokens(read.tokens)};
    return WrittenRule{.rule = rule,
                       .place = wish.text.place,
                       .target = std::move(read.targets[0]),
                       .sets = std::move(read.sets),
                       .is_spelled = is_spelled_like_kernel(read.tokens, id_),
                       .spelled = {rule}};
  }

 private:
  [[nodiscard]] Result<std::vector<Word>> words_of(const Located& text) const {
    if (constexpr Letters kBreaks("\n\r"); kBreaks.has_any_of(text.text))
      return bad_input(text.place, "a rule can't hold a line break",
                       "a rule over several lines is written with '>-'");
    auto tokens = tokenise_written(text.text);
    if (!tokens) {
      auto& error = tokens.error();
      error.place = text.part(error.place->column - 1, 1);
      return std::unexpected(std::move(error));
    }
    std::vector<Word> words;
    words.reserve(tokens->size());
    for (const auto& token : *tokens) {
      auto place = text.part(token.offset, token.length);
      TRY(auto value, variables_.put_in(token.text, place));
      words.push_back(Word{.text = std::move(value), .place = std::move(place)});
    }
    return words;
  }

  const ChainId& id_;
  Variables variables_;
};

}  // namespace

Result<WrittenRules> write_rules(const Wishes& wishes, const Facts& facts) {
  WrittenRules written;
  for (const auto& [id, chain] : wishes.chains) {
    Writer writer(wishes, facts, id);
    auto& rules = written[id];
    rules.reserve(chain.rules.size());
    for (const auto& wish : chain.rules) {
      bool has_text = wish.kind == RuleWish::Kind::kNamed || wish.kind == RuleWish::Kind::kUnnamed;
      if (!has_text) {
        rules.emplace_back();
        continue;
      }
      TRY(auto rule, writer.write(wish));
      rules.push_back(std::move(rule));
    }
  }
  return written;
}

}  // namespace pyfw
