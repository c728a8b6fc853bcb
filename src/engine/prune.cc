#include "engine/prune.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>

#include "base/contains.h"

namespace pyfw {
namespace {

using Kind = RuleWish::Kind;

std::string name_of(const ChainId& id) {
  return fmt::format("chain {} in table {} of {}", id.chain, id.table, program_of(id.family));
}

class Pruner {
 public:
  Pruner(const Record& record, const Wishes& wishes, const WrittenRules& written, Desired& desired)
      : record_(record), wishes_(wishes), written_(written), desired_(desired) {}

  std::vector<std::string> prune() {
    std::map<ChainId, std::vector<const RecordedRule*>> by_chain;
    for (const auto& rule : record_.rules) by_chain[rule.chain].push_back(&rule);
    for (const auto& [id, rules] : by_chain) prune_rules(id, rules);
    for (const auto& policy : record_.policies) prune_policy(policy);
    prune_chains();
    prune_sets();
    return std::move(messages_);
  }

 private:
  [[nodiscard]] const ChainWish* wish_for(const ChainId& id) const {
    auto found = wishes_.chains.find(id);
    return found == wishes_.chains.end() ? nullptr : &found->second;
  }

  void prune_rules(const ChainId& id, const std::vector<const RecordedRule*>& recorded) {
    auto* chain = find_chain(desired_.state, id);
    if (chain == nullptr) return;
    const auto* wish = wish_for(id);
    if (wish != nullptr && wish->is_exact) return;
    // How many copies of each text are to go; a text that a wish still asks for is not.
    std::set<std::string> names;
    std::set<std::string> texts;
    std::vector<std::unique_ptr<RE2>> patterns;
    if (wish != nullptr) {
      const auto& written = written_.at(id);
      for (std::size_t i = 0; i < wish->rules.size(); ++i) {
        const auto& rule = wish->rules[i];
        if (rule.kind == Kind::kNamed || rule.kind == Kind::kAbsent) names.insert(rule.name.text);
        if (rule.kind == Kind::kMatch) patterns.push_back(std::make_unique<RE2>(rule.text.text, RE2::Quiet));
        for (const auto& text : written[i].spelled) texts.insert(rule_key(text));
      }
    }
    std::map<std::string, std::size_t> copies;
    std::set<std::string> named;
    for (const auto* rule : recorded) {
      if (rule->text.empty()) continue;
      auto key = rule_key(Rule{rule->text});
      if (texts.contains(key) || (!rule->name.empty() && names.contains(rule->name))) continue;
      bool matched = std::ranges::any_of(
          patterns, [&](const auto& pattern) { return RE2::PartialMatch(rule->text, *pattern); });
      if (matched) continue;
      ++copies[key];
      if (!rule->name.empty()) named.insert(key);
    }
    if (!copies.empty()) take_out(id, *chain, copies, named);
  }

  void take_out(const ChainId& id, Chain& chain, const std::map<std::string, std::size_t>& copies,
                const std::set<std::string>& named) {
    auto [at, is_new] = desired_.foreign.try_emplace(id, chain.rules.size(), true);
    auto& foreign = at->second;
    std::map<std::string, std::size_t> standing;
    for (const auto& rule : chain.rules) ++standing[rule_key(rule)];
    std::vector<Rule> rules;
    std::vector<bool> flags;
    std::set<std::string> told;
    for (std::size_t i = 0; i < chain.rules.size(); ++i) {
      auto key = rule_key(chain.rules[i]);
      auto found = copies.find(key);
      bool is_ours = found != copies.end() && foreign[i];
      // Who added the other copies of a rule without a name, nobody can tell.
      bool is_sure = is_ours && (named.contains(key) || standing[key] <= found->second);
      if (is_ours && !is_sure && told.insert(key).second)
        messages_.push_back(
            fmt::format("a rule of {} that is no longer wished stands there more often than "
                        "pyfw put it there, and stays: {}",
                        name_of(id), chain.rules[i].text));
      if (is_sure) continue;
      rules.push_back(std::move(chain.rules[i]));
      flags.push_back(foreign[i]);
    }
    bool nothing = rules.size() == foreign.size();
    chain.rules = std::move(rules);
    foreign = std::move(flags);
    if (nothing && is_new) desired_.foreign.erase(at);
  }

  void prune_policy(const RecordedPolicy& policy) {
    const auto* wish = wish_for(policy.chain);
    if (wish != nullptr && wish->default_action) return;
    auto* chain = find_chain(desired_.state, policy.chain);
    if (chain != nullptr && chain->policy == policy.policy) chain->policy = policy.before;
  }

  // Who jumps to a chain, or nothing.
  [[nodiscard]] std::optional<std::string> jump_to(const ChainId& id) const {
    const auto* table = find_table(ruleset_of(desired_.state, id.family), id.table);
    if (table == nullptr) return std::nullopt;
    for (const auto& chain : table->chains)
      for (std::size_t i = 0; i < chain.rules.size(); ++i)
        if (target_of(chain.rules[i]) == id.chain)
          return fmt::format("rule {} of {} jumps to it", i + 1, chain.name);
    return std::nullopt;
  }

  void prune_chains() {
    std::vector<ChainId> going;
    for (const auto& id : record_.chains)
      if (wish_for(id) == nullptr && find_chain(desired_.state, id) != nullptr) going.push_back(id);
    // A chain may be held by a jump from another one that goes: as long as one goes, look again.
    for (bool any = true; any;) {
      any = false;
      for (auto id = going.begin(); id != going.end();) {
        if (!find_chain(desired_.state, *id)->rules.empty() || jump_to(*id)) {
          ++id;
          continue;
        }
        remove_chain(*id);
        id = going.erase(id);
        any = true;
      }
    }
    for (const auto& id : going)
      messages_.push_back(fmt::format("{} is no longer wished, but stays: {}", name_of(id),
                                      find_chain(desired_.state, id)->rules.empty()
                                          ? *jump_to(id)
                                          : "rules that are not pyfw's stand in it"));
  }

  void remove_chain(const ChainId& id) {
    auto& ruleset = ruleset_of(desired_.state, id.family);
    auto table = std::ranges::find(ruleset.tables, id.table, &Table::name);
    std::erase_if(table->chains, [&](const Chain& chain) { return chain.name == id.chain; });
    desired_.foreign.erase(id);
    desired_.removed_chains.insert(id);
  }

  Set* desired_set(const std::string& name) {
    auto set = std::ranges::find(desired_.state.sets, name, &Set::name);
    return set == desired_.state.sets.end() ? nullptr : &*set;
  }

  void prune_sets() {
    std::vector<std::string> going;
    for (const auto& recorded : record_.sets) {
      auto* set = wishes_.sets.contains(recorded.name) ? nullptr : desired_set(recorded.name);
      if (set == nullptr) continue;
      if (recorded.is_created) {
        going.push_back(recorded.name);
      } else {
        std::unordered_set<std::string_view> added(recorded.members.begin(), recorded.members.end());
        std::erase_if(set->members,
                      [&](const std::string& member) { return added.contains(element_of(member)); });
      }
    }
    // A set may be held by a list:set that goes.
    for (bool any = true; any;) {
      any = std::erase_if(going, [&](const std::string& name) {
              if (user_of(name)) return false;
              std::erase_if(desired_.state.sets, [&](const Set& set) { return set.name == name; });
              desired_.removed_sets.insert(name);
              return true;
            }) > 0;
    }
    for (const auto& name : going)
      messages_.push_back(
          fmt::format("set '{}' is no longer wished, but stays: {} it", name, *user_of(name)));
  }

  [[nodiscard]] std::optional<std::string> user_of(const std::string& name) const {
    for (const auto& [id, chain] : chains_of(desired_.state))
      for (std::size_t i = 0; i < chain->rules.size(); ++i)
        if (contains(sets_named_by(chain->rules[i]), name))
          return fmt::format("rule {} of {} names", i + 1, name_of(id));
    for (const auto& set : desired_.state.sets)
      if (contains(sets_held_by(set), name)) return fmt::format("set '{}' holds", set.name);
    return std::nullopt;
  }

  const Record& record_;
  const Wishes& wishes_;
  const WrittenRules& written_;
  Desired& desired_;
  std::vector<std::string> messages_;
};

}  // namespace

std::vector<std::string> prune(const Record& record, const Wishes& wishes, const WrittenRules& written,
                               Desired& desired) {
  return Pruner(record, wishes, written, desired).prune();
}

}  // namespace pyfw
