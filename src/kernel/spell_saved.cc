#include "kernel/spell_saved.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/contains.h"
#include "ext/host_objects.h"
#include "ext/spelling.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

// Each costs some runs of iptables-restore; a file may hold any number.
constexpr int kMostRefused = 256;

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
  std::vector<const Rule*> rules;
};

Asked unsure_rules(const Ruleset& ruleset, Family family, const Sets& sets) {
  Asked out{.request = {.family = family, .sets = {}, .chains = {}, .lines = {}}, .rules = {}};
  bool names_sets = false;
  for (const auto& table : ruleset.tables) {
    for (const auto& chain : table.chains) {
      ChainId id{.family = family, .table = table.name, .chain = chain.name};
      if (!is_builtin(table.name, chain.name)) out.request.chains.push_back(id);
      for (const auto& rule : chain.rules) {
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

// "layer7", of "Couldn't load match `layer7':No such file or directory"; or empty.
std::string_view missing_extension(std::string_view refusal) {
  for (std::string_view words : {"load match `", "load target `"}) {
    auto at = refusal.find(words);
    if (at == std::string_view::npos) continue;
    auto rest = refusal.substr(at + words.size());
    return rest.substr(0, std::min(rest.find('\''), rest.size()));
  }
  return {};
}

bool names_extension(const Rule& rule, std::string_view name) {
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (tokens[i + 1] == name && contains(std::array<std::string_view, 3>{"-m", "--match", "-j"}, tokens[i]))
      return true;
  return false;
}

// What the kernel says of each rule. One that it refuses splits those asked of: the lines behind it are not
// looked at, and the texts of those before it not told.
class Answers {
 public:
  Answers(Asked asked, const AskSpelling& ask)
      : asked_(std::move(asked)), ask_(ask), answers_(asked_.rules.size()) {
    settle_all();
  }

  template <typename Visit>
  void visit(Visit&& visit) {
    for (std::size_t i = 0; i < answers_.size(); ++i) visit(asked_.rules[i], answers_[i]);
  }

 private:
  void settle_all() {
    std::vector<std::pair<std::size_t, std::size_t>> ranges = {{0, answers_.size()}};
    while (!ranges.empty() && refused_ <= kMostRefused) {
      auto [begin, end] = ranges.back();
      ranges.pop_back();
      auto refused = ask_for(begin, end);
      if (!refused) continue;
      ranges.emplace_back(begin, *refused);
      ranges.emplace_back(*refused + 1, end);
    }
  }

  // The first that is refused; none where all are settled, or nobody can be asked.
  std::optional<std::size_t> ask_for(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> numbers;
    auto& lines = request_.lines;
    lines.clear();
    for (auto i = begin; i < end; ++i) {
      if (!answers_[i].refusal.empty()) continue;
      numbers.push_back(i);
      lines.push_back(asked_.request.lines[i]);
    }
    if (lines.empty()) return std::nullopt;
    auto answers = ask_(request_);
    if (!answers || answers->size() != numbers.size()) return std::nullopt;
    auto refused =
        std::ranges::find_if(*answers, [](const SpelledLine& line) { return !line.refusal.empty(); });
    if (refused == answers->end()) {
      for (std::size_t i = 0; i < numbers.size(); ++i) answers_[numbers[i]] = std::move((*answers)[i]);
      return std::nullopt;
    }
    ++refused_;
    auto at = numbers[static_cast<std::size_t>(refused - answers->begin())];
    answers_[at].refusal = refused->refusal;
    refuse_its_like(at);
    return at;
  }

  // What iptables has no extension for, it refuses in every rule.
  void refuse_its_like(std::size_t at) {
    auto refusal = answers_[at].refusal;
    auto name = missing_extension(refusal);
    if (name.empty()) return;
    for (std::size_t i = 0; i < answers_.size(); ++i)
      if (names_extension(*asked_.rules[i], name)) answers_[i] = {.texts = {}, .refusal = refusal};
  }

  Asked asked_;
  const AskSpelling& ask_;
  SpellRequest request_{.family = asked_.request.family,
                        .sets = asked_.request.sets,
                        .chains = asked_.request.chains,
                        .lines = {}};
  std::vector<SpelledLine> answers_;
  int refused_ = 0;
};

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
    std::map<const Rule*, std::vector<std::string>> spelled;
    Answers(unsure_rules(ruleset, family, state.sets), ask).visit([&](const Rule* rule, SpelledLine& line) {
      if (!line.texts.empty()) spelled.emplace(rule, std::move(line.texts));
    });
    if (!spelled.empty()) put_in(ruleset, spelled);
  }
  return state;
}

RefusedRules refused_by_kernel(const State& state, const AskSpelling& ask) {
  RefusedRules refused;
  for (auto family : kFamilies)
    Answers(unsure_rules(ruleset_of(state, family), family, state.sets), ask)
        .visit([&](const Rule* rule, SpelledLine& line) {
          if (!line.refusal.empty()) refused.emplace(rule, std::move(line.refusal));
        });
  return refused;
}

}  // namespace pyfw
