// A plan: the fewest steps that turn one state into another, in an order that never leaves the host more
// open than both of them, nor locks its owner out on the way.
//
//   auto plan = make_plan(live, desired);
//   for (const Step& step : plan.steps) print(commands_of(step));
//
// First sets come to be and get their new members; then chains; then rules go in, each above what it
// replaces; then policies change; then old rules and members go. Within each of these the order is that of
// the names, unless a jump makes another one safer (order.h).

#pragma once

#include <string>
#include <variant>
#include <vector>

#include "nf/desired.h"
#include "plan/chain_edits.h"

namespace pyfw {

struct CreateSet {
  Set set;  // its members follow as steps of their own
};
// A set that must be another one: a set's type and options can't be changed.
struct ReplaceSet {
  Set set;  // with its members
};
struct AddMember {
  std::string set;
  std::string member;
};
struct DeleteMember {
  std::string set;
  std::string member;
};
struct NewChain {
  ChainId chain;
};
struct EditRules {
  ChainId chain;
  Edit edit;
};
struct SetPolicy {
  ChainId chain;
  std::string policy;
};

using Step = std::variant<CreateSet, ReplaceSet, AddMember, DeleteMember, NewChain, EditRules, SetPolicy>;

struct Plan {
  std::vector<Step> steps;
  // What can't be had while the steps run one after the other, in plain words.
  std::vector<std::string> caveats;

  [[nodiscard]] bool empty() const { return steps.empty(); }
};

// Never fails: any two states have a plan. What only the live state has (tables, chains, sets) stays.
Plan make_plan(const State& live, const Desired& desired);

}  // namespace pyfw
