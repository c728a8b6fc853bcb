#include <algorithm>
#include <map>
#include <ranges>
#include <unordered_map>
#include <unordered_set>

#include "ext/targets.h"
#include "keep/change.h"
#include "keep/names.h"
#include "keep/undo_list.h"
#include "keep/undo_sets.h"

namespace pyfw {
namespace {

// A chain on the way back.
struct ChainUndone {
  bool is_there = false;
  bool is_created = false;  // by a change: without rules it goes
  std::optional<std::string> policy{};
  std::vector<Entry> rules{};
  std::unordered_set<std::string>
      ours{};  // keys of rules that may be taken out and put back, as they were before
};

std::vector<std::string> texts_of(const std::vector<Rule>& rules) {
  std::vector<std::string> texts;
  texts.reserve(rules.size());
  for (const auto& rule : rules) texts.push_back(rule.text);
  return texts;
}

ChainUndone start_from(const Chain* now, const ChainId& id) {
  ChainUndone chain;
  if (now == nullptr) {
    if (is_builtin(id.table, id.chain)) chain.policy = "ACCEPT";
    chain.is_there = chain.policy.has_value();
    return chain;
  }
  chain.is_there = true;
  chain.policy = now->policy;
  for (const auto& rule : now->rules) chain.rules.push_back({.text = rule.text});
  return chain;
}

void undo_chain(const ChangedChain& changed, ChainUndone& chain) {
  for (const auto& rule : changed.relaid) chain.ours.insert(rule_key(rule));
  chain.is_created = !changed.before.has_value();
  if (!chain.is_there) {
    // Where a change removed it, it comes back; else someone else did, or it was never made.
    if (changed.after || !changed.before) return;
    chain.is_there = true;
  }
  static const std::vector<Rule> kNone;
  auto before = texts_of(changed.before ? changed.before->rules : kNone);
  auto after = texts_of(changed.after ? changed.after->rules : kNone);
  auto own = texts_of(changed.own);
  auto relaid = texts_of(changed.relaid);
  chain.rules =
      undo_list({.before = before, .after = after, .own = own, .relaid = relaid}, std::move(chain.rules));
  if (changed.before && changed.after && changed.before->policy != changed.after->policy &&
      chain.policy == changed.after->policy)
    chain.policy = changed.before->policy;
}

// Which rules someone else may hold for his own: those that stay, but for `ours` and the texts of which a
// copy comes or goes.
std::vector<bool> foreign_flags(const std::vector<Entry>& rules, const std::vector<Rule>& now,
                                std::unordered_set<std::string> ours) {
  std::unordered_map<std::string, std::size_t> left;
  for (const auto& rule : now) ++left[rule_key(rule)];
  std::vector<std::string> keys;
  for (const auto& entry : rules) {
    keys.push_back(rule_key(Rule{entry.text}));
    if (!entry.is_from_now) {
      ours.insert(keys.back());
    } else {
      --left[keys.back()];
    }
  }
  for (const auto& [key, copies] : left)
    if (copies > 0) ours.insert(key);
  std::vector<bool> flags;
  for (std::size_t i = 0; i < rules.size(); ++i)
    flags.push_back(rules[i].is_from_now && !ours.contains(keys[i]));
  return flags;
}

class StateUndone {
 public:
  explicit StateUndone(const State& now) : now_(now), desired_{.state = now, .foreign = {}} {
    for (auto family : kFamilies)
      for (auto& table : ruleset_of(desired_.state, family).tables)
        for (auto& chain : table.chains)
          if (std::erase_if(chain.rules, is_temporary) > 0)
            desired_.foreign.emplace(ChainId{.family = family, .table = table.name, .chain = chain.name},
                                     std::vector<bool>(chain.rules.size(), true));
  }

  Desired without(std::span<const Change> changes) {
    for (const auto& change : changes | std::views::reverse)
      for (const auto& changed : change.chains) undo_chain(changed, at(changed.id));
    auto sets = undo_sets(changes, now_.sets);
    desired_.state.sets = std::move(sets.sets);
    desired_.exact_sets = std::move(sets.whole);
    created_sets_ = std::move(sets.created);
    for (auto& [id, chain] : chains_)
      if (chain.is_there) lay(id, chain);
    remove_created_chains();
    remove_created_sets();
    return std::move(desired_);
  }

 private:
  ChainUndone& at(const ChainId& id) {
    auto found = chains_.find(id);
    if (found != chains_.end()) return found->second;
    return chains_.emplace(id, start_from(find_chain(desired_.state, id), id)).first->second;
  }

  // Whether a rule that is put back names only what is there.
  [[nodiscard]] bool can_stand(const ChainId& id, const Rule& rule) const {
    auto target = target_of(rule);
    if (!target.empty() && !is_known_target(target)) {
      auto known = chains_.find({.family = id.family, .table = id.table, .chain = target});
      bool is_there =
          known != chains_.end()
              ? known->second.is_there
              : find_chain(now_, {.family = id.family, .table = id.table, .chain = target}) != nullptr;
      if (!is_there) return false;
    }
    return std::ranges::all_of(sets_named_by(rule), [&](const std::string& set) {
      return find_set(desired_.state.sets, set) != nullptr;
    });
  }

  void lay(const ChainId& id, ChainUndone& undone) {
    std::erase_if(undone.rules,
                  [&](const Entry& entry) { return !entry.is_from_now && !can_stand(id, Rule{entry.text}); });
    const auto* now = find_chain(now_, id);
    static const std::vector<Rule> kNone;
    const auto& rules_now = now != nullptr ? now->rules : kNone;
    Chain chain{.name = id.chain, .policy = undone.policy};
    for (const auto& entry : undone.rules) chain.rules.push_back(Rule{entry.text});
    bool is_as_now = now != nullptr
                         ? chain == *now
                         : is_builtin(id.table, id.chain) && chain.rules.empty() && chain.policy == "ACCEPT";
    if (is_as_now && undone.ours.empty()) return;
    desired_.foreign.insert_or_assign(id, foreign_flags(undone.rules, rules_now, undone.ours));
    ensure_chain(ruleset_of(desired_.state, id.family), id.table, id.chain) = std::move(chain);
  }

  void remove_created_chains() {
    for (auto family : kFamilies) {
      for (auto& table : ruleset_of(desired_.state, family).tables) {
        bool has_created = std::ranges::any_of(chains_, [&](const auto& chain) {
          return chain.first.family == family && chain.first.table == table.name && chain.second.is_created;
        });
        if (!has_created) continue;
        auto targets = targets_in(table);
        std::erase_if(table.chains, [&](const Chain& chain) {
          ChainId id{.family = family, .table = table.name, .chain = chain.name};
          auto undone = chains_.find(id);
          if (undone == chains_.end() || !undone->second.is_created || !chain.rules.empty()) return false;
          if (is_builtin(table.name, chain.name) || targets.contains(chain.name)) return false;
          desired_.foreign.erase(id);
          if (find_chain(now_, id) != nullptr) desired_.removed_chains.insert(id);
          return true;
        });
      }
    }
  }

  void remove_created_sets() {
    auto& sets = desired_.state.sets;
    for (const auto& set : sets)
      if (set.name.starts_with(kTempPrefix)) created_sets_.insert(set.name);
    // A list:set that goes may be the last that names another one.
    for (bool again = !created_sets_.empty(); again;) {
      auto named = sets_named_in(desired_.state);
      again = std::erase_if(sets, [&](const Set& set) {
                if (!created_sets_.contains(set.name) || named.contains(set.name)) return false;
                if (find_set(now_.sets, set.name) != nullptr) desired_.removed_sets.insert(set.name);
                desired_.exact_sets.erase(set.name);
                return true;
              }) > 0;
    }
  }

  const State& now_;
  Desired desired_;
  std::map<ChainId, ChainUndone> chains_;
  std::set<std::string> created_sets_;
};

}  // namespace

Desired undo(std::span<const Change> changes, const State& now) { return StateUndone(now).without(changes); }

}  // namespace pyfw
