#include "wish/resolve.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <unordered_map>

#include "base/by_text.h"
#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {
namespace {

using Kind = RuleWish::Kind;

// Which wish a live rule belongs to: its index, or one of these.
constexpr int kForeign = -1;
constexpr int kGone = -2;

class ChainResolver {
 public:
  ChainResolver(const ChainWish& wish, const std::vector<WrittenRule>& written, const std::vector<Rule>& live)
      : wish_(wish), written_(written), live_(live), owner_(live.size(), wish.is_exact ? kGone : kForeign) {}

  void resolve(Claims claims, std::vector<Rule>& rules, std::vector<bool>& foreign,
               std::set<std::string>& matched) {
    claim_temporary();
    claim_named();
    claim_unnamed();
    if (claims == Claims::kNamesAndSameText) claim_same_text();
    claim_matched();
    bool rest_placed = false;
    for (std::size_t i = 0; i < wish_.rules.size(); ++i) {
      switch (wish_.rules[i].kind) {
        case Kind::kNamed:
        case Kind::kUnnamed:
          for (const auto& rule : written_[i].spelled) add(rules, foreign, rule, false);
          break;
        case Kind::kMatch: {
          auto first = rules.size();
          add_owned_by(static_cast<int>(i), rules, foreign);
          for (const auto& rule : std::span(rules).subspan(first)) matched.insert(rule.text);
          break;
        }
        case Kind::kRest:
          rest_placed = true;
          add_owned_by(kForeign, rules, foreign);
          break;
        case Kind::kAbsent: break;
      }
    }
    if (!rest_placed) add_owned_by(kForeign, rules, foreign);
  }

 private:
  void claim_temporary() {
    for (std::size_t i = 0; i < live_.size(); ++i)
      if (is_temporary(live_[i])) owner_[i] = kGone;
  }

  void claim_named() {
    ByText<int> names(wish_.rules.size());
    for (std::size_t i = 0; i < wish_.rules.size(); ++i) {
      const auto& rule = wish_.rules[i];
      if (rule.kind == Kind::kNamed || rule.kind == Kind::kAbsent)
        names.emplace(rule.name.text, static_cast<int>(i));
    }
    if (names.empty()) return;
    for (std::size_t i = 0; i < live_.size(); ++i) {
      if (owner_[i] != kForeign) continue;
      for (const auto& comment : comments_of(live_[i])) {
        auto found = names.find(comment);
        if (found == names.end()) continue;
        owner_[i] = wish_.rules[static_cast<std::size_t>(found->second)].kind == Kind::kAbsent
                        ? kGone
                        : found->second;
        break;
      }
    }
  }

  // Before the patterns: otherwise a pattern would take the rule, and the text be wished anew each time.
  void claim_unnamed() {
    std::unordered_map<std::string, int> texts;
    for (std::size_t i = 0; i < wish_.rules.size(); ++i)
      if (wish_.rules[i].kind == Kind::kUnnamed)
        for (const auto& rule : written_[i].spelled) texts.emplace(rule_key(rule), static_cast<int>(i));
    if (texts.empty()) return;
    for (std::size_t i = 0; i < live_.size(); ++i) {
      if (owner_[i] != kForeign) continue;
      if (auto found = texts.find(rule_key(live_[i])); found != texts.end()) owner_[i] = found->second;
    }
  }

  // Behind the bare texts, which say themselves that the rule shall have no name. Where a rule bears the name
  // already, one of the same text may well be another's.
  void claim_same_text() {
    std::set<int> fulfilled(owner_.begin(), owner_.end());
    std::unordered_map<std::string, int> texts;
    for (std::size_t i = 0; i < wish_.rules.size(); ++i) {
      auto wish = static_cast<int>(i);
      if (wish_.rules[i].kind != Kind::kNamed || fulfilled.contains(wish)) continue;
      for (const auto& rule : written_[i].spelled)
        texts.emplace(rule_key(without_comment(rule, wish_.rules[i].name.text)), wish);
    }
    if (texts.empty()) return;
    for (std::size_t i = 0; i < live_.size(); ++i) {
      if (owner_[i] != kForeign) continue;
      if (auto found = texts.find(rule_key(live_[i])); found != texts.end()) owner_[i] = found->second;
    }
  }

  void claim_matched() {
    for (std::size_t w = 0; w < wish_.rules.size(); ++w) {
      if (wish_.rules[w].kind != Kind::kMatch) continue;
      RE2 pattern(wish_.rules[w].text.text, RE2::Quiet);
      for (std::size_t i = 0; i < live_.size(); ++i)
        if (owner_[i] == kForeign && RE2::PartialMatch(live_[i].text, pattern))
          owner_[i] = static_cast<int>(w);
    }
  }

  void add_owned_by(int owner, std::vector<Rule>& rules, std::vector<bool>& foreign) const {
    for (std::size_t i = 0; i < live_.size(); ++i)
      if (owner_[i] == owner) add(rules, foreign, live_[i], owner == kForeign);
  }

  static void add(std::vector<Rule>& rules, std::vector<bool>& foreign, const Rule& rule, bool is_foreign) {
    rules.push_back(rule);
    foreign.push_back(is_foreign);
  }

  const ChainWish& wish_;
  const std::vector<WrittenRule>& written_;
  const std::vector<Rule>& live_;
  std::vector<int> owner_;
};

void drop_temporary_rules(Ruleset& ruleset, Family family, Desired& desired) {
  for (auto& table : ruleset.tables) {
    for (auto& chain : table.chains) {
      if (std::erase_if(chain.rules, is_temporary) == 0) continue;
      desired.foreign.emplace(ChainId{.family = family, .table = table.name, .chain = chain.name},
                              std::vector<bool>(chain.rules.size(), true));
    }
  }
}

std::set<std::string, std::less<>> targets_in(const State& state, const ChainId& id) {
  std::set<std::string, std::less<>> targets;
  if (const auto* table = find_table(ruleset_of(state, id.family), id.table))
    for (const auto& chain : table->chains)
      for (const auto& rule : chain.rules) targets.insert(target_of(rule));
  return targets;
}

std::string hint_for_chain_without_jump(std::string_view chain, std::span<const std::string_view> others) {
  constexpr std::array<std::string_view, 4> kDocker = {"DOCKER", "DOCKER-USER", "DOCKER-FORWARD",
                                                       "DOCKER-INGRESS"};
  if (contains(kDocker, chain))
    return "Docker makes the jump when it starts: is it running, and for this family?";
  auto other = closest(chain, others);
  return other ? fmt::format("did you mean '{}'?", *other) : "is its name spelt right?";
}

void warn_of_chains_without_jump(const Wishes& wishes, Resolved& resolved) {
  const ChainId* last = nullptr;
  std::set<std::string, std::less<>> targets;
  for (const auto& [id, chain] : wishes.chains) {
    if (is_builtin(id.table, id.chain)) continue;
    if (last == nullptr || last->family != id.family || last->table != id.table)
      targets = targets_in(resolved.desired.state, id);
    last = &id;
    if (targets.contains(id.chain)) continue;
    std::vector<std::string_view> names;
    if (const auto* table = find_table(ruleset_of(resolved.desired.state, id.family), id.table))
      for (const auto& other : table->chains)
        if (targets.contains(other.name)) names.push_back(other.name);
    resolved.warnings.push_back(
        Error{.message = fmt::format("nothing in table {} of {} jumps to chain '{}': its rules see no packet",
                                     id.table, program_of(id.family), id.chain),
              .place = chain.place,
              .hint = hint_for_chain_without_jump(id.chain, names)});
  }
}

}  // namespace

Resolved resolve(const Wishes& wishes, const WrittenRules& written, const std::vector<WishedSet>& sets,
                 const State& live, Claims claims) {
  Resolved resolved;
  auto& desired = resolved.desired;
  desired.state = {
      .iptables = live.iptables, .ip6tables = live.ip6tables, .sets = sets_with_wishes(live.sets, sets)};
  for (auto family : kFamilies) drop_temporary_rules(ruleset_of(desired.state, family), family, desired);
  for (const auto& [id, wish] : wishes.chains) {
    auto& chain = ensure_chain(ruleset_of(desired.state, id.family), id.table, id.chain);
    if (wish.default_action) chain.policy = wish.default_action->text;
    const auto* there = find_chain(live, id);
    std::vector<Rule> rules;
    std::vector<bool> foreign;
    const std::vector<Rule> none;
    std::set<std::string> matched;
    ChainResolver(wish, written.at(id), there != nullptr ? there->rules : none)
        .resolve(claims, rules, foreign, matched);
    if (!matched.empty()) desired.matched.emplace(id, std::move(matched));
    chain.rules = std::move(rules);
    desired.foreign.insert_or_assign(id, std::move(foreign));
  }
  warn_of_chains_without_jump(wishes, resolved);
  return resolved;
}

}  // namespace pyfw
