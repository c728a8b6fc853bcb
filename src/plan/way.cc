#include "plan/way.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/contains.h"
#include "plan/continued.h"
#include "plan/midway.h"
#include "plan/set_changes.h"
#include "plan/table_change.h"

namespace pyfw {
namespace {

// One table of the family that changes.
struct Stretch {
  const Table* live = nullptr;
  const Table* desired = nullptr;
  std::vector<Commit> commits;
  TableEffect does;
};

class WayFinder {
 public:
  WayFinder(const State& live, const Desired& desired, Backend backend)
      : live_(live), backend_(backend), final_(desired) {}

  Way find() {
    std::map<Family, std::vector<Stretch>> direct;
    std::map<Family, bool> tables_change;
    for (auto family : kFamilies) {
      direct[family] = stretches(family, live_, final_);
      tables_change[family] = !direct[family].empty();
    }
    auto sets = plan_sets(live_, final_, tables_change);
    way_.caveats = std::move(sets.caveats);
    add(std::move(sets.first));
    if (sets.aside.empty()) {
      for (auto family : kFamilies) lead(family, std::move(direct[family]), final_);
    } else {
      auto aside = final_;
      rename_sets(aside, sets.aside);
      for (auto family : kFamilies) lead(family, stretches(family, live_, aside), aside);
      add(std::move(sets.middle));
      for (auto family : kFamilies)
        for (auto& stretch : stretches(family, aside.state, final_)) add(std::move(stretch.commits));
    }
    add(std::move(sets.last));
    mark_continued(way_.commits, sets.aside);
    return std::move(way_);
  }

 private:
  std::vector<Stretch> stretches(Family family, const State& from, const Desired& to) const {
    std::vector<Stretch> out;
    for (const auto& table : ruleset_of(to.state, family).tables) {
      const auto* live = find_table(ruleset_of(from, family), table.name);
      if (live != nullptr && *live == table) continue;
      auto commits = commits_of_table({.family = family,
                                       .live = live,
                                       .desired = table,
                                       .foreign = to.foreign,
                                       .matched = to.matched,
                                       .removed = to.removed_chains},
                                      backend_);
      if (commits.empty()) continue;
      out.push_back({.live = live,
                     .desired = &table,
                     .commits = std::move(commits),
                     .does = effect_of_change(family, live, table, to)});
    }
    return out;
  }

  void add(std::vector<Commit> commits) { std::ranges::move(commits, std::back_inserter(way_.commits)); }
  void add(SetCommit commit) {
    if (!commit.lines.empty()) way_.commits.emplace_back(std::move(commit));
  }

  // All tables of a family, each in its turn.
  void lead(Family family, std::vector<Stretch> changes, const Desired& to) {
    auto go = [&](Stretch& stretch) { add(std::move(stretch.commits)); };
    auto is_nat = [](const Stretch& stretch) { return stretch.desired->name == "nat"; };
    auto matters = [&](const Stretch& stretch) { return is_nat(stretch) || stretch.does.effect != kNone; };
    bool alone = std::ranges::count_if(changes, matters) <= 1;
    std::vector<std::pair<const Stretch*, Midway>> halfway;
    for (auto& change : changes)
      if (!is_nat(change) && change.does.effect == kCloses && change.does.is_divisible) go(change);
    for (auto& change : changes) {
      bool both = change.does.effect == kBoth || !change.does.is_divisible;
      if (is_nat(change) || !both) continue;
      if (alone || !change.does.is_divisible) {
        if (!alone) way_.caveats.push_back(caveat(family, *change.desired));
        go(change);
        continue;
      }
      auto half = midway(family, change.live, *change.desired, to);
      add(commits_of_table({.family = family,
                            .live = change.live,
                            .desired = half.table,
                            .foreign = half.foreign,
                            .matched = to.matched,
                            .removed = {}},
                           backend_));
      halfway.emplace_back(&change, std::move(half));
    }
    for (auto& change : changes)
      if (is_nat(change) || (change.does.effect == kNone && change.does.is_divisible)) go(change);
    for (const auto& [change, half] : halfway)
      add(commits_of_table({.family = family,
                            .live = &half.table,
                            .desired = *change->desired,
                            .foreign = to.foreign,
                            .matched = to.matched,
                            .removed = to.removed_chains},
                           backend_));
    for (auto& change : changes)
      if (!is_nat(change) && change.does.effect == kOpens && change.does.is_divisible) go(change);
  }

  static std::string caveat(Family family, const Table& table) {
    return fmt::format(
        "jumps of table {} of {} change together with other tables: between their commits a packet may meet "
        "a verdict that is neither its old nor its new one",
        table.name, program_of(family));
  }

  // pyfw's own rules with other sets; those that stay otherwise are relaid.
  void rename_sets(Desired& aside, const std::map<std::string, std::string>& renamed) {
    for (const auto& [id, flags] : aside.foreign) {
      auto* chain = find_chain(aside.state, id);
      if (chain == nullptr) continue;
      const auto* there = find_chain(live_, id);
      for (std::size_t i = 0; i < chain->rules.size(); ++i) {
        if (aside.is_of_others(id, *chain, i)) continue;
        auto& rule = chain->rules[i];
        auto other = with_sets(rule, renamed);
        if (other == rule) continue;
        if (there != nullptr && contains(there->rules, rule)) way_.relaid.emplace_back(id, rule);
        rule = std::move(other);
      }
    }
  }

  const State& live_;
  Backend backend_;
  const Desired& final_;
  Way way_;
};

}  // namespace

Way find_way(const State& live, const Desired& desired, Backend backend) {
  return WayFinder(live, desired, backend).find();
}

}  // namespace pyfw
