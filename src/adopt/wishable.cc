#include "adopt/wishable.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "adopt/yaml_text.h"
#include "base/strings.h"
#include "nf/tokens.h"
#include "wish/parse.h"
#include "wish/parse_chain.h"
#include "wish/references.h"

namespace pyfw {
namespace {

constexpr std::string_view kVariable = "${";

std::string quoted(std::string_view word) {
  constexpr Letters kSpecial(" \t\n\"'\\");
  if (!word.empty() && !kSpecial.has_any_of(word)) return std::string(word);
  std::string out = "\"";
  for (char c : word) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool reads_as(std::string_view text, std::span<const std::string> words) {
  auto tokens = tokenise_written(text);
  return tokens && std::ranges::equal(*tokens, words, {}, &Token::text);
}

// As iptables would write it, where a person's reader takes that the same way.
std::string written(std::span<const std::string> words) {
  auto text = write_tokens(words);
  if (reads_as(text, words)) return text;
  text.clear();
  for (const auto& word : words) text += (text.empty() ? "" : " ") + quoted(word);
  return text;
}

// `${` in a rule that is there is no variable.
std::string with_dollars(std::string_view word) {
  std::string out;
  std::size_t done = 0;
  for (auto at = word.find(kVariable); at != std::string_view::npos; at = word.find(kVariable, done)) {
    out += word.substr(done, at - done);
    out += "${dollar}{";
    done = at + kVariable.size();
  }
  return out += word.substr(done);
}

// Without the comment that pyfw would put there by itself.
std::vector<std::string> without_own_comment(std::vector<std::string> words, std::string_view name) {
  for (std::size_t i = 0; i + 4 < words.size(); ++i) {
    bool is_own = words[i] == "-m" && words[i + 1] == "comment" && words[i + 2] == "--comment" &&
                  words[i + 3] == name && (words[i + 4] == "-j" || words[i + 4] == "-g");
    if (!is_own || std::ranges::count(words, "--comment") != 1) continue;
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i),
                words.begin() + static_cast<std::ptrdiff_t>(i) + 4);
    break;
  }
  return words;
}

Located located(std::string text) {
  static const auto kSource = std::make_shared<const Source>();
  auto length = text.size();
  return Located{.text = std::move(text),
                 .place = {.source = kSource, .line = 1, .column = 1, .length = length},
                 .is_verbatim = true};
}

}  // namespace

bool can_be_name(std::string_view comment) {
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !comment.empty() && comment.size() <= kLongestName && !std::ranges::any_of(comment, is_control) &&
         !comment.starts_with(kTempPrefix) && !comment.starts_with('~') && yaml_text(comment).has_value();
}

Wishable::Wishable(const State& live, const Facts& facts) : live_(live), facts_(facts) {
  wishes_.vars.emplace("dollar", located("$"));
  for (const auto& [id, chain] : chains_of(live)) chains_.insert(id);
}

Result<WishableRule> Wishable::rule(const ChainId& id, const Rule& rule, std::span<const std::string> words,
                                    const std::string& name) {
  WishableRule wish{.name = name};
  std::vector<std::string> said(words.begin(), words.end());
  auto own = tokens_of(rule);
  for (std::size_t i = 0; i < said.size(); ++i) {
    bool is_variable = i < own.size() && said[i] != own[i];
    if (is_variable || said[i].find(kVariable) == std::string::npos) continue;
    said[i] = with_dollars(said[i]);
    wish.needs_dollar = true;
  }
  if (!name.empty()) said = without_own_comment(std::move(said), with_dollars(name));
  wish.text = written(said);
  if (!yaml_text(wish.text)) return bad_input("it has bytes that a wishes file can't hold");
  TRY_VOID(comes_back(id, rule, wish));
  return wish;
}

Result<void> Wishable::comes_back(const ChainId& id, const Rule& rule, const WishableRule& wish) {
  auto& chain = wishes_.chains.try_emplace(id, ChainWish{.id = id, .place = {}}).first->second;
  chain.rules.assign(1,
                     RuleWish{.kind = wish.name.empty() ? RuleWish::Kind::kUnnamed : RuleWish::Kind::kNamed,
                              .name = located(wish.name),
                              .text = located(wish.text)});
  auto written = write_rules(wishes_, {.facts = facts_});
  wishes_.chains.clear();
  if (!written) return std::unexpected(std::move(written).error());
  const auto& back = written->at(id).front();
  auto wanted = tokens_of(rule);
  if (tokens_of(back.rule) == wanted) return {};
  if (!wish.name.empty() && tokens_of(without_comment(back.rule, wish.name)) == wanted) return {};
  return bad_input("pyfw would write it otherwise");
}

Result<void> Wishable::names_of(const ChainId& id, const Rule& rule) {
  auto target = target_of(rule);
  auto sets = sets_named_by(rule);
  auto names = fmt::format("{} {} {} {} {}", program_of(id.family), id.table,
                           id.chain == target ? id.chain : "", target, fmt::join(sets, " "));
  if (auto known = known_names_.find(names); known != known_names_.end()) return known->second;
  // Of all that is there only what it names: kube-proxy has ten thousand chains.
  State there;
  if (chains_.contains({.family = id.family, .table = id.table, .chain = target}))
    ensure_chain(ruleset_of(there, id.family), id.table, target);
  for (const auto& name : sets)
    if (const auto* set = find_set(live_.sets, name))
      there.sets.push_back({.name = set->name, .type = set->type, .header = set->header});
  WrittenRule asked{.rule = rule, .target = {.text = target, .place = {}}};
  for (auto& set : sets) asked.sets.push_back({.text = std::move(set), .place = {}});
  WrittenRules written;
  written[id].push_back(std::move(asked));
  return known_names_.emplace(std::move(names), check_references({}, written, there)).first->second;
}

Result<void> Wishable::chain(const ChainId& id) const {
  if (is_builtin(id.table, id.chain)) return {};
  auto name = yaml_text(id.chain);
  if (!name) return bad_input("its name has bytes that a wishes file can't hold");
  auto text =
      fmt::format("pyfw_wishes:\n  {}:\n    {}:\n      {}:\n", program_of(id.family), id.table, *name);
  auto parsed =
      parse_wishes({std::make_shared<const Source>(Source{.name = {}, .text = std::move(text)})}, {});
  if (!parsed) return std::unexpected(std::move(parsed).error());
  return {};
}

}  // namespace pyfw
