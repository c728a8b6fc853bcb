#include "engine/ownership.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/by_text.h"
#include "base/contains.h"

namespace pyfw {
namespace {

using Kind = RuleWish::Kind;

// Of versions to come, too; and DOCKER-USER, in which Docker has a rule beside its owner's.
bool may_be_dockers(std::string_view chain) {
  return chain == "DOCKER" || chain.starts_with("DOCKER-") || chain.starts_with("DOCKER_");
}

// The names of the record's rules, by chain.
using Names = std::set<std::pair<ChainId, std::string>>;

Names names_in(const std::optional<Record>& record) {
  Names names;
  if (record)
    for (const auto& rule : record->rules)
      if (!rule.name.empty()) names.emplace(rule.chain, rule.name);
  return names;
}

Result<void> refuse_borne_names(const ChainWish& wish, const std::vector<WrittenRule>& written,
                                const Chain& live, const Names& owned) {
  std::map<std::string_view, std::size_t> wishes;
  for (std::size_t i = 0; i < wish.rules.size(); ++i)
    if (wish.rules[i].kind == Kind::kNamed) wishes.emplace(wish.rules[i].name.text, i);
  if (wishes.empty()) return {};
  Texts wished;
  for (const auto& one : written)
    for (const auto& text : one.spelled) wished.insert(text.text);
  for (std::size_t at = 0; at < live.rules.size(); ++at) {
    const auto& rule = live.rules[at];
    if (wished.contains(rule.text)) continue;
    for (const auto& comment : comments_of(rule)) {
      auto found = wishes.find(comment);
      if (found == wishes.end() || is_temporary(rule) || owned.contains({wish.id, comment})) continue;
      const auto& spelled = written[found->second].spelled;
      auto key = rule_key(rule);
      if (std::ranges::any_of(spelled, [&](const Rule& text) { return rule_key(text) == key; })) continue;
      return bad_input(wish.rules[found->second].name.place,
                       fmt::format("rule {} of the chain bears this name, has another text, and was not put "
                                   "there by pyfw: {}",
                                   at + 1, rule.text),
                       "--adopt takes it over; or give the wish another name");
    }
  }
  return {};
}

Result<void> refuse_exact(const ChainWish& wish, const std::vector<WrittenRule>& written, const Chain& live,
                          const std::optional<Record>& record) {
  bool guarded = wish.is_exact && (is_builtin(wish.id.table, wish.id.chain) || may_be_dockers(wish.id.chain));
  if (!guarded || (record && contains(record->adopted, wish.id))) return {};
  std::set<std::string> wished;
  for (const auto& rule : written)
    for (const auto& text : rule.spelled) wished.insert(rule_key(text));
  for (std::size_t at = 0; at < live.rules.size(); ++at) {
    if (is_temporary(live.rules[at]) || wished.contains(rule_key(live.rules[at]))) continue;
    return bad_input(wish.rules_place.value_or(wish.place),
                     fmt::format("rules_equal would remove rule {} of {}, which others write too: {}", at + 1,
                                 wish.id.chain, live.rules[at].text),
                     "--adopt allows it, once and for good; `rules` leaves the others' rules alone");
  }
  return {};
}

enum class Places { kTold, kLeftOut };

void add_rules(const Outlook& outlook, Places places, Record& record) {
  for (const auto& [id, wish] : outlook.wishes.chains) {
    const auto& written = outlook.written.at(id);
    for (std::size_t i = 0; i < wish.rules.size(); ++i) {
      auto add = [&](const std::string& text) {
        record.rules.push_back({.chain = id,
                                .name = wish.rules[i].kind == Kind::kNamed ? wish.rules[i].name.text : "",
                                .text = text,
                                .place = places == Places::kTold ? where(written[i].place) : ""});
      };
      for (const auto& rule : written[i].spelled) add(rule.text);
      // Whoever puts in a rule of its name meanwhile must not make it a stranger's.
      if (!written[i].left_out.empty() && wish.rules[i].kind == Kind::kNamed) add("");
    }
  }
}

void add_policies(const Outlook& outlook, const State& live_state, Record& record) {
  for (const auto& [id, wish] : outlook.wishes.chains) {
    if (!wish.default_action) continue;
    RecordedPolicy policy{.chain = id, .policy = wish.default_action->text, .before = "ACCEPT"};
    const auto* live = find_chain(live_state, id);
    if (live != nullptr && live->policy) policy.before = *live->policy;
    if (outlook.record)
      for (const auto& known : outlook.record->policies)
        if (known.chain == id) policy.before = known.before;
    record.policies.push_back(std::move(policy));
  }
}

void add_chains(const Outlook& outlook, const State& live, const State& desired, Record& record) {
  for (const auto& [id, wish] : outlook.wishes.chains) {
    bool is_new = find_chain(live, id) == nullptr;
    bool is_known = outlook.record && contains(outlook.record->chains, id);
    if (!is_builtin(id.table, id.chain) && (is_new || is_known)) record.chains.push_back(id);
    bool let_in = outlook.record && contains(outlook.record->adopted, id);
    if (wish.is_exact && (let_in || is_builtin(id.table, id.chain) || may_be_dockers(id.chain)))
      record.adopted.push_back(id);
  }
  // What had to stay though no wish names it any more may go the next time.
  if (!outlook.record) return;
  for (const auto& id : outlook.record->chains)
    if (!outlook.wishes.chains.contains(id) && find_chain(desired, id) != nullptr) {
      record.chains.push_back(id);
      record.has_leftovers = true;
    }
}

RecordedSet recorded_set(const Outlook& outlook, const State& live_state, const State& desired_state,
                         const std::string& name) {
  RecordedSet set{.name = name};
  const auto* live = find_set(live_state.sets, name);
  const auto* desired = find_set(desired_state.sets, name);
  const RecordedSet* known = nullptr;
  if (outlook.record) {
    auto found = std::ranges::find(outlook.record->sets, name, &RecordedSet::name);
    if (found != outlook.record->sets.end()) known = &*found;
  }
  set.is_created = live == nullptr || (known != nullptr && known->is_created);
  if (set.is_created || desired == nullptr) return set;
  Texts there(live->members.size());
  for (const auto& member : live->members) there.insert(element_of(member));
  Texts added;
  if (known != nullptr) added.insert(known->members.begin(), known->members.end());
  for (const auto& member : desired->members) {
    auto element = element_of(member);
    if (!there.contains(element) || added.contains(element)) set.members.emplace_back(element);
  }
  // The kernel shows them in an order of its own, another one in each set.
  std::ranges::sort(set.members);
  return set;
}

// Adds to `all` what it lacks of `more`.
template <typename Value>
void unite(std::vector<Value>& all, const std::vector<Value>& more) {
  for (const auto& value : more)
    if (!contains(all, value)) all.push_back(value);
}

}  // namespace

Result<void> refuse_unowned(const Wishes& wishes, const WrittenRules& written, const State& live,
                            const std::optional<Record>& record) {
  auto owned = names_in(record);
  for (const auto& [id, wish] : wishes.chains) {
    const auto* chain = find_chain(live, id);
    if (chain == nullptr) continue;
    TRY_VOID(refuse_borne_names(wish, written.at(id), *chain, owned));
    TRY_VOID(refuse_exact(wish, written.at(id), *chain, record));
  }
  return {};
}

Record record_of(const Outlook& outlook, const State& live, const State& desired, const std::string& wishes) {
  Record record{.wishes = wishes};
  for (const auto& file : outlook.wishes.files)
    record.files.push_back({.name = file->name, .text = file->text});
  add_rules(outlook, Places::kTold, record);
  add_policies(outlook, live, record);
  add_chains(outlook, live, desired, record);
  for (const auto& [name, wish] : outlook.wishes.sets)
    record.sets.push_back(recorded_set(outlook, live, desired, name));
  if (outlook.record)
    for (const auto& set : outlook.record->sets)
      if (set.is_created && !outlook.wishes.sets.contains(set.name) &&
          find_set(desired.sets, set.name) != nullptr) {
        record.sets.push_back(set);
        record.has_leftovers = true;
      }
  return record;
}

void forget_new_leave(const std::optional<Record>& before, Record& record) {
  std::erase_if(record.adopted, [&](const ChainId& id) { return !before || !contains(before->adopted, id); });
}

Record sketch_of(const Outlook& outlook, const std::string& wishes) {
  Record record{.wishes = wishes};
  for (const auto& file : outlook.wishes.files)
    record.files.push_back({.name = file->name, .text = file->text});
  add_rules(outlook, Places::kLeftOut, record);
  return record;
}

Record united(const Record& before, Record after) {
  after.has_leftovers = true;
  // Rules may be many: those that both have are known by their texts.
  std::set<std::pair<ChainId, std::string_view>> there;
  std::set<std::pair<ChainId, std::string_view>> left_out;
  for (const auto& rule : after.rules)
    rule.text.empty() ? left_out.emplace(rule.chain, rule.name) : there.emplace(rule.chain, rule.text);
  std::vector<RecordedRule> gone;
  for (const auto& rule : before.rules)
    if (rule.text.empty() ? !left_out.contains({rule.chain, rule.name})
                          : !there.contains({rule.chain, rule.text}))
      gone.push_back(rule);
  after.rules.insert(after.rules.end(), gone.begin(), gone.end());
  for (const auto& policy : before.policies)
    if (std::ranges::find(after.policies, policy.chain, &RecordedPolicy::chain) == after.policies.end())
      after.policies.push_back(policy);
  for (const auto& set : before.sets)
    if (std::ranges::find(after.sets, set.name, &RecordedSet::name) == after.sets.end())
      after.sets.push_back(set);
  unite(after.chains, before.chains);
  unite(after.adopted, before.adopted);
  return after;
}

}  // namespace pyfw
