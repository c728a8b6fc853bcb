#include "kernel/spell_saved.h"

#include <algorithm>
#include <set>

#include "ext/host_objects.h"
#include "ext/spelling.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

// Each costs a run of iptables-restore. A file of another kernel may hold many.
constexpr int kMostRefused = 8;

bool is_as_printed(const Rule& rule, const ChainId& id) {
  auto tokens = tokens_of(rule);
  return is_spelled_like_kernel(tokens, id) && write_tokens(tokens) == rule.text;
}

bool can_be_asked(const Rule& rule, const Sets& sets) {
  return !needs_host_object(rule) && std::ranges::all_of(sets_named_by(rule), [&](const std::string& name) {
    return find_set(sets, name) != nullptr;
  });
}

// The rules of one family that are asked of, and the request that does it.
struct Asked {
  SpellRequest request;
  std::vector<Rule*> rules;
};

Asked unsure_rules(Ruleset& ruleset, Family family, const Sets& sets) {
  Asked out{.request = {.family = family, .sets = {}, .chains = {}, .lines = {}}, .rules = {}};
  bool names_sets = false;
  for (auto& table : ruleset.tables) {
    for (auto& chain : table.chains) {
      ChainId id{.family = family, .table = table.name, .chain = chain.name};
      if (!is_builtin(table.name, chain.name)) out.request.chains.push_back(id);
      for (auto& rule : chain.rules) {
        if (is_as_printed(rule, id) || !can_be_asked(rule, sets)) continue;
        names_sets = names_sets || !sets_named_by(rule).empty();
        out.request.lines.push_back({.chain = id, .text = rule.text});
        out.rules.push_back(&rule);
      }
    }
  }
  if (names_sets)
    for (const auto& set : sets)
      out.request.sets.push_back(Set{.name = set.name, .type = set.type, .header = set.header});
  return out;
}

// One line for each rule, or none where too many are refused.
std::vector<SpelledLine> ask_without_refused(Asked& asked, const AskSpelling& ask) {
  for (int tries = 0; tries <= kMostRefused && !asked.rules.empty(); ++tries) {
    auto lines = ask(asked.request);
    if (!lines || lines->size() != asked.rules.size()) return {};
    auto refused =
        std::ranges::find_if(*lines, [](const SpelledLine& line) { return !line.refusal.empty(); });
    if (refused == lines->end()) return std::move(*lines);
    auto at = refused - lines->begin();
    asked.request.lines.erase(asked.request.lines.begin() + at);
    asked.rules.erase(asked.rules.begin() + at);
  }
  return {};
}

// `-s A,B` is one line of a file and two rules.
void put_in(Ruleset& ruleset, const std::map<const Rule*, std::vector<std::string>>& spelled) {
  for (auto& table : ruleset.tables)
    for (auto& chain : table.chains) {
      std::vector<Rule> rules;
      for (auto& rule : chain.rules) {
        auto found = spelled.find(&rule);
        if (found == spelled.end()) {
          rules.push_back(std::move(rule));
        } else {
          for (const auto& text : found->second) rules.push_back(Rule{text});
        }
      }
      chain.rules = std::move(rules);
    }
}

}  // namespace

State spelled_like_kernel(State state, const AskSpelling& ask) {
  for (auto family : kFamilies) {
    auto& ruleset = ruleset_of(state, family);
    auto asked = unsure_rules(ruleset, family, state.sets);
    auto lines = ask_without_refused(asked, ask);
    std::map<const Rule*, std::vector<std::string>> spelled;
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (!lines[i].texts.empty()) spelled.emplace(asked.rules[i], std::move(lines[i].texts));
    if (!spelled.empty()) put_in(ruleset, spelled);
  }
  return state;
}

}  // namespace pyfw
