#include "plan/set_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/by_text.h"
#include "base/contains.h"

namespace pyfw {
namespace {

// Above so many changed members a set is built aside, whatever it is; below, only where it is small.
constexpr std::size_t kManyChanges = 64;
constexpr std::size_t kSmallSet = 1024;

// Who sees a set, by family: rules that were there, and those that shall be.
struct Seen {
  std::set<Family> before;
  std::set<Family> by_ours;
  std::set<Family> by_others;
};

bool same_members(const Set& a, const Set& b) {
  if (a.members == b.members) return true;
  if (a.type == "list:set" || a.members.size() != b.members.size()) return false;
  Texts there(a.members.begin(), a.members.end());
  return std::ranges::all_of(b.members, [&](const std::string& member) { return there.contains(member); });
}

class SetPlanner {
 public:
  SetPlanner(const State& live, const Desired& desired, const std::map<Family, bool>& tables_change)
      : live_(live), desired_(desired), tables_change_(tables_change) {}

  SetPlan plan() {
    find_changed();
    if (changed_.empty() && created_.empty() && desired_.removed_sets.empty()) return {};
    if (!changed_.empty()) find_who_sees();
    for (const auto* set : created_) create(*set, set->name, plan_.first);
    for (const auto* set : changed_) change(*find_set(live_.sets, set->name), *set);
    // What holds other sets goes before them.
    for (bool lists : {true, false})
      for (const auto& set : live_.sets)
        if (desired_.removed_sets.contains(set.name) && !reused_.contains(set.name) &&
            (set.type == "list:set") == lists)
          plan_.last.lines.push_back(fmt::format("destroy {}", set.name));
    return std::move(plan_);
  }

 private:
  void find_changed() {
    for (bool lists : {false, true}) {
      for (const auto& set : desired_.state.sets) {
        if ((set.type == "list:set") != lists) continue;
        const auto* there = find_set(live_.sets, set.name);
        if (there == nullptr)
          created_.push_back(&set);
        else if (there->header != set.header || !can_be_swapped(*there, set) || !same_members(*there, set))
          changed_.push_back(&set);
      }
    }
    auto name = [](const Set* set) -> const std::string& { return set->name; };
    auto by_name = [&](auto from, auto to) { std::ranges::sort(from, to, {}, name); };
    auto lists = std::ranges::find(changed_, "list:set", [](const Set* set) { return set->type; });
    by_name(changed_.begin(), lists);
  }

  void find_who_sees() {
    for (const auto& [id, chain] : chains_of(live_))
      for (const auto& rule : chain->rules)
        for (const auto& name : sets_seen_by(rule, live_.sets)) seen_[name].before.insert(id.family);
    for (const auto& [id, chain] : chains_of(desired_.state))
      for (std::size_t i = 0; i < chain->rules.size(); ++i)
        for (const auto& name : sets_seen_by(chain->rules[i], desired_.state.sets)) {
          bool direct = contains(sets_named_by(chain->rules[i]), name);
          auto& seen = seen_[name];
          (desired_.is_of_others(id, *chain, i) || !direct ? seen.by_others : seen.by_ours).insert(id.family);
        }
  }

  // Whether rules that see the set change too, or another set that the same packets meet.
  [[nodiscard]] bool changes_with_others(const Set& set, const Seen& seen) const {
    auto families = seen.before;
    families.insert(seen.by_ours.begin(), seen.by_ours.end());
    families.insert(seen.by_others.begin(), seen.by_others.end());
    return std::ranges::any_of(families, [&](Family family) {
      if (tables_change_.at(family)) return true;
      return std::ranges::any_of(changed_, [&](const Set* other) {
        auto found = seen_.find(other->name);
        return other->name != set.name && found != seen_.end() && found->second.before.contains(family);
      });
    });
  }

  void change(const Set& live, const Set& desired) {
    const auto& seen = seen_[desired.name];
    bool is_kept = can_be_swapped(live, desired);
    bool used_after = !seen.by_ours.empty() || !seen.by_others.empty();
    if (seen.before.empty() || (is_kept && !changes_with_others(desired, seen)))
      return turn_into(live, desired, plan_.first);
    if (!used_after) return turn_into(live, desired, plan_.last);
    if (!seen.by_others.empty() && changes_with_others(desired, seen))
      plan_.caveats.push_back(fmt::format(
          "rules that are not pyfw's use set '{}', which changes together with other rules: for a "
          "moment they meet a verdict that is neither their old nor their new one",
          desired.name));
    if (seen.by_ours.empty()) return turn_into(live, desired, plan_.first);
    auto aside = left_over(desired);
    if (aside.empty()) {
      aside = free_name();
      create(desired, aside, plan_.first);
    }
    plan_.aside.emplace(desired.name, aside);
    turn_into(live, desired, plan_.middle);
    plan_.last.lines.push_back(fmt::format("destroy {}", aside));
  }

  static void create(const Set& set, const std::string& name, SetCommit& commit) {
    commit.lines.push_back(fmt::format("create {} {} {}", name, set.type, set.header));
    for (const auto& member : set.members) commit.lines.push_back(fmt::format("add {} {}", name, member));
  }

  void turn_into(const Set& live, const Set& desired, SetCommit& commit) {
    if (!can_be_swapped(live, desired)) {
      commit.lines.push_back(fmt::format("destroy {}", live.name));
      return create(desired, desired.name, commit);
    }
    if (live.header == desired.header && change_members(live, desired, commit)) return;
    auto aside = free_name();
    create(desired, aside, commit);
    commit.lines.push_back(fmt::format("swap {} {}", aside, desired.name));
    commit.lines.push_back(fmt::format("destroy {}", aside));
  }

  // Member by member, if that is as safe and cheap as a swap.
  bool change_members(const Set& live, const Set& desired, SetCommit& commit) const {
    if (desired.type == "list:set") return append_to_list(live, desired, commit);
    bool is_ours = desired_.exact_sets.contains(desired.name);
    std::vector<std::string> added;
    std::vector<std::string_view> removed;
    Texts there(live.members.begin(), live.members.end());
    Texts wanted(desired.members.size());
    for (const auto& member : desired.members) {
      wanted.insert(element_of(member));
      if (!there.contains(member)) added.push_back(member);
      if (is_ours && added.size() > kManyChanges) return false;
    }
    for (const auto& member : live.members)
      if (auto element = element_of(member); !wanted.contains(element)) removed.push_back(element);
    auto changes = added.size() + removed.size();
    bool one = changes <= 1;
    if (!one && is_ours && (changes > kManyChanges || desired.members.size() <= kSmallSet)) return false;
    // An exception (nomatch) comes before, and goes after, the network that it is taken from.
    auto is_exception = [](const std::string& member) {
      return parse_member(member).extras.contains("nomatch");
    };
    std::ranges::stable_partition(added, is_exception);
    for (const auto& member : added)
      commit.lines.push_back(fmt::format("add {} {} -exist", desired.name, member));
    for (auto element : removed)
      commit.lines.push_back(fmt::format("del {} {} -exist", desired.name, element));
    return true;
  }

  static bool append_to_list(const Set& live, const Set& desired, SetCommit& commit) {
    if (live.members.size() > desired.members.size() ||
        !std::equal(live.members.begin(), live.members.end(), desired.members.begin()))
      return false;
    for (auto i = live.members.size(); i < desired.members.size(); ++i)
      commit.lines.push_back(fmt::format("add {} {}", desired.name, desired.members[i]));
    return true;
  }

  // What was built aside, and the commit that was to use it came too late: it need not be built again while
  // others write.
  std::string left_over(const Set& desired) {
    auto is_alike = [&](const Set& set) {
      return set.name.starts_with(kTempPrefix) && !reused_.contains(set.name) &&
             can_be_swapped(set, desired) && !differing_option(set.header, desired.header) &&
             options_of(set.header).contains("forceadd") == options_of(desired.header).contains("forceadd") &&
             same_members(set, desired);
    };
    auto found = std::ranges::find_if(live_.sets, is_alike);
    if (found == live_.sets.end()) return {};
    reused_.insert(found->name);
    return found->name;
  }

  std::string free_name() {
    while (true) {
      auto name = fmt::format("{}{}", kTempPrefix, ++number_);
      if (find_set(live_.sets, name) == nullptr) return name;
    }
  }

  const State& live_;
  const Desired& desired_;
  const std::map<Family, bool>& tables_change_;
  std::vector<const Set*> created_;
  std::vector<const Set*> changed_;
  std::unordered_map<std::string, Seen> seen_;
  std::size_t number_ = 0;
  std::set<std::string> reused_;
  SetPlan plan_;
};

}  // namespace

SetPlan plan_sets(const State& live, const Desired& desired, const std::map<Family, bool>& tables_change) {
  return SetPlanner(live, desired, tables_change).plan();
}

std::vector<std::string> sets_seen_by(const Rule& rule, const Sets& sets) {
  auto seen = sets_named_by(rule);
  for (std::size_t i = 0, named = seen.size(); i < named; ++i) {
    if (const auto* set = find_set(sets, seen[i]))
      for (auto name : sets_held_by(*set)) seen.emplace_back(name);
  }
  return seen;
}

}  // namespace pyfw
