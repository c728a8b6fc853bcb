// What pyfw itself changed on the way from one state to another: enough to undo just that on a state that
// others have changed meanwhile.
//
//   auto change = change_of(live, desired, {});
//   ...                                            // applied; Docker restarts, inserts, deletes
//   auto desired = undo({change}, now);            // Docker's rules as they are now, pyfw's as they were

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "nf/desired.h"

namespace pyfw {

// A chain that pyfw changed, before and after; none where it was not there.
struct ChangedChain {
  ChainId id;
  std::optional<Chain> before{};
  std::optional<Chain> after{};
  // Rules that stand in both and are pyfw's, thus may be moved.
  std::vector<Rule> own{};
  // Rules that stand in both, but are taken out and put back on the way.
  std::vector<Rule> relaid{};

  bool operator==(const ChangedChain&) const = default;
};

struct ChangedSet {
  std::string name;
  // Of a set whose type and header stay, only the members that differ: in `before` those that went, in
  // `after` those that came; a list:set, whose order means something, has all in both.
  std::optional<Set> before{};
  std::optional<Set> after{};

  bool operator==(const ChangedSet&) const = default;
};

struct Change {
  std::vector<ChangedChain> chains;
  std::vector<ChangedSet> sets;

  [[nodiscard]] bool empty() const { return chains.empty() && sets.empty(); }
  bool operator==(const Change&) const = default;
};

// `relaid`: see ChangedChain.
Change change_of(const State& live, const Desired& desired, std::span<const std::pair<ChainId, Rule>> relaid);

// The state of `now` without what these changes (oldest first) did, whether each of them was carried out
// wholly, in part or not at all. What was not theirs stays as it is now: foreign rules keep their order, and
// a rule, member or policy that someone has changed since is left alone. A chain or set that pyfw created
// goes unless something foreign stands in it or refers to it. Left-over temporary rules and sets go. A rule
// that would have to come back, but whose set or chain someone has removed since, stays away: one rule that
// no program takes must not keep all others from coming back.
Desired undo(std::span<const Change> changes, const State& now);

std::string write_changes(std::span<const Change> changes);
Result<std::vector<Change>> parse_changes(std::string_view text);

}  // namespace pyfw
