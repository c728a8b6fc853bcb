#include "wish/written.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/contains.h"
#include "base/strings.h"
#include "nf/tokens.h"
#include "wish/variables.h"
#include "wish/words.h"

namespace pyfw {
namespace {

// The kernel's limit, XT_MAX_COMMENT_LEN - 1; iptables cuts what is longer without a word.
constexpr std::size_t kLongestComment = 255;

// The names that the rules of one table can refer to.
struct Known {
  std::set<std::string, std::less<>> chains;
  std::map<std::string, bool, std::less<>> sets;  // and whether they are of the rule's family
};

Known known_in(const Wishes& wishes, const State& live, Family family, std::string_view table) {
  Known known;
  if (const auto* in = find_table(ruleset_of(live, family), table))
    for (const auto& chain : in->chains) known.chains.insert(chain.name);
  for (const auto& [id, chain] : wishes.chains)
    if (id.family == family && id.table == table) known.chains.insert(id.chain);
  for (const auto& set : live.sets) known.sets.insert_or_assign(set.name, has_family(set, family));
  for (const auto& [name, wish] : wishes.sets) {
    auto option = wish.options.find("family");
    bool inet6 = option != wish.options.end() && option->second.text == "inet6";
    const auto* there = find_set(live.sets, name);
    bool fits = !wish.type || !wish.type->text.starts_with("hash:") || wish.type->text == "hash:mac" ||
                inet6 == (family == Family::kIpv6);
    if (there == nullptr || option != wish.options.end()) known.sets.insert_or_assign(name, fits);
  }
  return known;
}

Result<void> check_sets(const RuleWords& words, const Known& known, Family family) {
  for (const auto& set : words.sets) {
    auto found = known.sets.find(set.text);
    if (found == known.sets.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, fits] : known.sets) names.push_back(name);
      auto hint = did_you_mean(set.text, names);
      return bad_input(set.place, fmt::format("no set is called '{}'", set.text),
                       hint.empty() ? "sets stand under ipsets:, or are on the host already" : hint);
    }
    if (!found->second)
      return bad_input(set.place, fmt::format("set '{}' holds addresses of {}", set.text,
                                              family == Family::kIpv4 ? "IPv6" : "IPv4"),
                       "a set is of one family: see its option 'family'");
  }
  return {};
}

Result<void> check_target_exists(const RuleWords& words, const Known& known, const ChainId& id, const Located& text) {
  if (words.targets.empty())
    return bad_input(text.place, "this rule has no target",
                     "end it with -j and what shall happen: -j ACCEPT, -j DROP, -j CHAIN");
  const auto& target = words.targets[0];
  if (is_known_target(target.text) && !known.chains.contains(target.text)) return {};
  if (!known.chains.contains(target.text)) {
    std::vector<std::string_view> names(known.chains.begin(), known.chains.end());
    for (std::string_view verdict : {"ACCEPT", "DROP", "REJECT", "RETURN", "LOG", "MASQUERADE", "DNAT", "SNAT"})
      names.push_back(verdict);
    return bad_input(target.place, fmt::format("no chain or target is called '{}'", target.text),
                     did_you_mean(target.text, names));
  }
  if (is_builtin(id.table, target.text))
    return bad_input(target.place, fmt::format("'{}' is a builtin chain: nothing can jump to it", target.text));
  if (target.text == id.chain) return bad_input(target.place, "a chain can't jump to itself");
  return {};
}

Result<void> check_comments(const RuleWish& wish, const RuleWords& words) {
  for (const auto& comment : words.comments) {
    if (comment.text.size() > kLongestComment)
      return bad_input(comment.place, fmt::format("a comment has at most {} bytes", kLongestComment),
                       "the kernel cuts what is longer without a word");
    if (comment.text.starts_with(kTempPrefix))
      return bad_input(comment.place, fmt::format("comments that begin with {} are pyfw's own", kTempPrefix));
  }
  if (wish.kind != RuleWish::Kind::kNamed || words.comments.empty()) return {};
  bool named = std::ranges::any_of(words.comments, [&](const Word& word) { return word.text == wish.name.text; });
  if (!named)
    return bad_input(words.comments[0].place,
                     fmt::format("the comment of the rule '{}' must be its name", wish.name.text),
                     "pyfw knows its rules by their comments: leave it out, or use the same");
  return {};
}

class Writer {
 public:
  Writer(const Wishes& wishes, const State& live, const Facts& facts, const ChainId& id)
      : id_(id), variables_(wishes, facts, id.family), known_(known_in(wishes, live, id.family, id.table)) {}

  Result<WrittenRule> write(const RuleWish& wish) {
    TRY(auto words, words_of(wish.text));
    TRY(auto read, check_words(words, id_.family));
    TRY_VOID(check_target_exists(read, known_, id_, wish.text));
    TRY_VOID(check_sets(read, known_, id_.family));
    TRY_VOID(check_comments(wish, read));
    if (wish.kind == RuleWish::Kind::kNamed && read.comments.empty()) {
      std::vector<std::string> comment = {"-m", "comment", "--comment", wish.name.text};
      read.tokens.insert(read.tokens.begin() + static_cast<std::ptrdiff_t>(read.target_at), comment.begin(),
                         comment.end());
    }
    Rule rule{write_tokens(read.tokens)};
    return WrittenRule{.rule = rule, .place = wish.text.place, .spelled = {rule}};
  }

 private:
  [[nodiscard]] Result<std::vector<Word>> words_of(const Located& text) const {
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
  Known known_;
};

}  // namespace

Result<WrittenRules> write_rules(const Wishes& wishes, const State& live, const Facts& facts) {
  WrittenRules written;
  for (const auto& [id, chain] : wishes.chains) {
    Writer writer(wishes, live, facts, id);
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
