// What a rule does to a packet that comes to it.
//
//   auto rule = compile(Rule{"-s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT"}, Family::kIpv4);
//   auto found = matches(rule, encounter, surroundings);        // kYes, kNo, or kDepends
//   if (found.answer == Answer::kYes) std::visit(…, rule.target);
//
// A rule's matches are a conjunction of conditions, each a plain value (conditions.h), so that one table
// of extensions serves whoever looks at one packet and whoever looks at all of them at once.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ext/conditions.h"
#include "ext/encounter.h"
#include "ext/target_values.h"
#include "ext/surroundings.h"
#include "nf/rule.h"

namespace pyfw {

enum class Answer : std::uint8_t { kNo, kYes, kDepends };

struct CompiledRule {
  std::vector<Condition> conditions;  // all of them must hold
  Target target;
};

// Never fails: what is not known becomes a condition or a target that says so.
CompiledRule compile(const Rule& rule, Family family);

struct Match {
  Answer answer = Answer::kYes;
  // Of kDepends: what can't be told, as it stands in the rule: "-m limit --limit 3/min".
  std::string_view on{};
};

Match matches(const CompiledRule& rule, const Encounter& encounter, const Surroundings& surroundings);

}  // namespace pyfw
