#include "wish/written.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "base/strings.h"
#include "ext/spelling.h"
#include "net/ip.h"
#include "nf/tokens.h"
#include "wish/away.h"
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

// Single addresses as the kernel shows them, so that nobody needs to be asked.
std::string with_lengths(const UsedVariable& used, Family family) {
  std::vector<std::string> texts;
  for (const auto& text : used.value.texts)
    texts.push_back(text.find('/') == std::string::npos ? fmt::format("{}/{}", text, address_bits(family))
                                                        : text);
  return join(texts, ",");
}

struct FilledRule {
  std::vector<Word> words{};
  std::vector<UsedVariable> used{};
};

class Writer {
 public:
  Writer(const Wishes& wishes, const HostKnowledge& known, const ChainId& id)
      : id_(id), variables_(wishes, known, id.family) {}

  Result<WrittenRule> write(const RuleWish& wish) {
    TRY(auto filled, words_of(wish.text));
    TRY(auto read, check_words(filled.words, id_.family));
    if (read.targets.empty())
      return bad_input(wish.text.place, "this rule has no target",
                       "end it with -j and what shall happen: -j ACCEPT, -j DROP, -j CHAIN");
    TRY_VOID(check_comments(wish, read));
    TRY(auto away, while_away(filled.words, filled.used, read.targets[0].text));
    if (!away.left_out.empty())
      return WrittenRule{.place = wish.text.place,
                         .target = std::move(read.targets[0]),
                         .sets = std::move(read.sets),
                         .left_out = std::move(away.left_out),
                         .warnings = std::move(away.warnings)};
    if (!away.words_that_go.empty()) {
      TRY(read, check_words(without(filled.words, away.words_that_go), id_.family));
    }
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
                       .spelled = {rule},
                       .warnings = std::move(away.warnings)};
  }

 private:
  static std::vector<Word> without(const std::vector<Word>& words, const std::set<std::size_t>& gone) {
    std::vector<Word> out;
    for (std::size_t at = 0; at < words.size(); ++at)
      if (!gone.contains(at)) out.push_back(words[at]);
    return out;
  }

  [[nodiscard]] Result<FilledRule> words_of(const Located& text) const {
    if (constexpr Letters kBreaks("\n\r"); kBreaks.has_any_of(text.text))
      return bad_input(text.place, "a rule can't hold a line break",
                       "a rule over several lines is written with '>-'");
    auto tokens = tokenise_written(text.text);
    if (!tokens) {
      auto& error = tokens.error();
      error.place = text.part(error.place->column - 1, 1);
      return std::unexpected(std::move(error));
    }
    FilledRule filled;
    auto& words = filled.words;
    words.reserve(tokens->size());
    for (const auto& token : *tokens) {
      TRY(auto word, variables_.put_in(token, text));
      for (auto& used : word.used) {
        used.word = words.size();
        bool is_address = used.variable.kind == HostVariable::Kind::kContainer && !used.value.texts.empty();
        if (is_address && used.is_whole && !words.empty() && takes_addresses(words.back().text))
          word.text = with_lengths(used, id_.family);
        filled.used.push_back(std::move(used));
      }
      words.push_back(Word{.text = std::move(word.text), .place = text.part(token.offset, token.length)});
    }
    return filled;
  }

  const ChainId& id_;
  Variables variables_;
};

}  // namespace

Result<WrittenRules> write_rules(const Wishes& wishes, const HostKnowledge& known) {
  WrittenRules written;
  for (const auto& [id, chain] : wishes.chains) {
    Writer writer(wishes, known, id);
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

std::vector<Error> warnings_of(const WrittenRules& written) {
  std::vector<Error> warnings;
  // An `ip46tables` rule is one for its owner.
  std::set<std::tuple<const Source*, std::size_t, std::size_t, std::string_view>> told;
  for (const auto& [id, rules] : written)
    for (const auto& rule : rules)
      for (const auto& warning : rule.warnings)
        if (told.emplace(warning.place->source.get(), warning.place->line, warning.place->column,
                         warning.message)
                .second)
          warnings.push_back(warning);
  return warnings;
}

}  // namespace pyfw
