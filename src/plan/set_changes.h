// How sets come from one state to the other. What an ipset does takes effect line by line, so a set that
// changes much is built aside and swapped in; and one that changes together with the rules that use it is
// brought to them under another name first.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "nf/desired.h"
#include "plan/commit.h"

namespace pyfw {

struct SetPlan {
  SetCommit first;   // before any rule changes
  SetCommit middle;  // when no rule of pyfw's uses the old sets any more: then they become the new ones
  SetCommit last;    // when no rule uses what shall go
  // Sets that rules know by another name until `middle` is done, and the rules that stay but are taken out
  // and put back for it.
  std::map<std::string, std::string> aside;
  std::vector<std::string> caveats;
};

// `tables_change`: whether rules of a family change at all.
SetPlan plan_sets(const State& live, const Desired& desired, const std::map<Family, bool>& tables_change);

// The sets that a rule sees, those in a list:set included.
std::vector<std::string> sets_seen_by(const Rule& rule, const Sets& sets);

}  // namespace pyfw
