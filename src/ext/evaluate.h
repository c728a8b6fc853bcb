// What a rule does to a packet that comes to it.
//
//   auto rule = compile(Rule{"-s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT"}, Family::kIpv4);
//   auto found = matches(rule, encounter, surroundings);        // kYes, kNo, or kDepends
//   if (found.answer == Answer::kYes) std::visit(…, rule.target);
//
// A rule's matches are a conjunction of conditions, each a plain value (conditions.h), so that one table
// of extensions serves whoever looks at one packet and whoever looks at all of them at once.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ext/answer.h"
#include "ext/conditions.h"
#include "ext/encounter.h"
#include "ext/surroundings.h"
#include "ext/target_values.h"
#include "nf/rule.h"

namespace pyfw {

// A match that may turn out not to be known: its conditions, by their places, and its text.
struct UncertainMatch {
  std::size_t first = 0;
  std::size_t end = 0;
  std::string text;
};

struct CompiledRule {
  std::vector<Condition> conditions;  // all of them must hold
  Target target;
  std::vector<UncertainMatch> uncertain{};
};

// Never fails: what is not known becomes a condition or a target that says so.
CompiledRule compile(const Rule& rule, Family family);

struct Match {
  Answer answer = Answer::kYes;
  // Of kDepends: what can't be told, as it stands in the rule: "-m limit --limit 3/min".
  std::string_view on{};
  // And why, where that is known beforehand: "how many packets came before".
  std::string_view reason{};
};

Match matches(const CompiledRule& rule, const Encounter& encounter, const Surroundings& surroundings);

// One condition by itself.
Answer holds(const Condition& condition, const Encounter& encounter, const Surroundings& surroundings);
// Whether it can turn out kDepends for some packet on some host.
bool may_depend(const Condition& condition);

}  // namespace pyfw
