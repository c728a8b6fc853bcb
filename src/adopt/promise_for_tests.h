// The promise of an import, looked at as planning does: its wishes, on the state that they come of.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "adopt/adopt.h"
#include "plan/plan.h"
#include "wish/loops.h"
#include "wish/parse.h"
#include "wish/references.h"
#include "wish/resolve.h"

namespace pyfw {

inline std::shared_ptr<const Source> source_of(std::string name, std::string text) {
  return std::make_shared<Source>(Source{.name = std::move(name), .text = std::move(text)});
}

inline Result<Wishes> wishes_of(const Adopted& adopted) {
  return parse_wishes({source_of("imported.yaml", adopted.text)},
                      [&](const Source&, const Located& path) -> Result<std::shared_ptr<const Source>> {
                        for (const auto& file : adopted.files)
                          if (file.name == path.text) return source_of(file.name, file.text);
                        return bad_input(path.place, "no such file");
                      });
}

// What the engine does where the rules stand on the host already.
inline void spell_like(const State& live, WrittenRules& written) {
  for (auto& [id, rules] : written) {
    const auto* chain = find_chain(live, id);
    if (chain == nullptr) continue;
    std::unordered_map<std::string, const Rule*> there;
    for (const auto& rule : chain->rules) there.emplace(rule_key(rule), &rule);
    for (auto& rule : rules) {
      if (rule.spelled.empty()) continue;
      if (auto same = there.find(rule_key(rule.rule)); same != there.end()) rule.spelled = {*same->second};
    }
  }
}

inline Result<Desired> desired_of(const Adopted& adopted, const State& live, const Facts& facts) {
  TRY(auto wishes, wishes_of(adopted));
  TRY(auto written, write_rules(wishes, {.facts = facts}));
  TRY_VOID(check_references(wishes, written, live));
  TRY(auto sets, write_sets(wishes, live));
  for (const auto& set : sets)
    if (auto differs = difference(*find_set(live.sets, set.wish->name), set); !differs.empty())
      return fail(differs);
  spell_like(live, written);
  auto resolved = resolve(wishes, written, sets, live, Claims::kNamesAndSameText);
  TRY_VOID(refuse_loops(written, resolved.desired.state));
  return std::move(resolved.desired);
}

// Killed runs' rules go with the next run, whatever is wished.
inline State without_left_overs(State state) {
  for (auto family : kFamilies)
    for (auto& table : ruleset_of(state, family).tables)
      for (auto& chain : table.chains) std::erase_if(chain.rules, is_temporary);
  return state;
}

// Why the desired state is not the live one with names, or nothing.
inline std::string broken_promise(const State& live, const Desired& desired, Naming naming) {
  if (desired.state.sets != live.sets) return "other sets";
  auto all = chains_of(live);
  auto wanted = chains_of(desired.state);
  if (all.size() != wanted.size()) return "other chains";
  for (const auto& [id, chain] : all) {
    auto found = wanted.find(id);
    if (found == wanted.end()) return "no chain " + id.chain;
    const auto& rules = found->second->rules;
    if (found->second->policy != chain->policy) return "another policy of " + id.chain;
    if (rules.size() != chain->rules.size()) return "other rules in " + id.chain;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i] == chain->rules[i]) continue;
      auto comments = comments_of(rules[i]);
      bool gets_name = naming == Naming::kNameAll && comments_of(chain->rules[i]).empty() &&
                       comments.size() == 1 &&
                       rule_key(without_comment(rules[i], comments[0])) == rule_key(chain->rules[i]);
      if (!gets_name) return "rule '" + chain->rules[i].text + "' would be '" + rules[i].text + "'";
      if (desired.is_foreign(id, i)) return "a foreign rule would change: " + rules[i].text;
    }
  }
  if (naming == Naming::kKeepText && !make_plan(live, desired).empty()) return "a plan that is not empty";
  return {};
}

// All of it, for each way to import.
inline void expect_promise_kept(const State& state, const Facts& facts = {}) {
  auto live = without_left_overs(state);
  for (auto whose : {Whose::kOwners, Whose::kAll})
    for (auto naming : {Naming::kNameAll, Naming::kKeepText})
      for (auto members_in : {MembersIn::kWishes, MembersIn::kFilesBeside}) {
        auto adopted = adopt(state, facts, {.naming = naming, .whose = whose, .members_in = members_in});
        auto desired = desired_of(adopted, live, facts);
        ASSERT_TRUE(desired) << render(desired.error()) << "\n" << adopted.text;
        EXPECT_EQ(broken_promise(live, *desired, naming), "") << adopted.text;
      }
}

}  // namespace pyfw
