#include "keep/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace pyfw {
namespace {

using testing::ElementsAre;

const ChainId kInput{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"};
const ChainId kOwn{.family = Family::kIpv4, .table = "filter", .chain = "own"};
using Texts = std::vector<std::string>;

std::vector<Rule> rules_from(const Texts& texts) {
  std::vector<Rule> rules;
  for (const auto& text : texts) rules.push_back(Rule{text});
  return rules;
}

State with_rules(const Texts& texts, const ChainId& id = kInput) {
  State state;
  ensure_chain(ruleset_of(state, id.family), id.table, id.chain).rules = rules_from(texts);
  return state;
}

Texts rules_in(const State& state, const ChainId& id = kInput) {
  Texts texts;
  const auto* chain = find_chain(state, id);
  if (chain == nullptr) return {"no chain"};
  for (const auto& rule : chain->rules) texts.push_back(rule.text);
  return texts;
}

Desired to(const State& state) { return {.state = state, .foreign = {}}; }

Desired undone(const Desired& desired, const State& before, const State& now) {
  auto change = change_of(before, desired, {});
  return undo(std::span(&change, 1), now);
}

Texts undone(const Texts& before, const Texts& after, const Texts& now) {
  return rules_in(undone(to(with_rules(after)), with_rules(before), with_rules(now)).state);
}

TEST(Undo, TakesOutWhatWasAddedAndKeepsWhatOthersAdded) {
  EXPECT_THAT(undone({"A", "B"}, {"A", "X", "B"}, {"N", "A", "X", "M", "B", "L"}),
              ElementsAre("N", "A", "M", "B", "L"));
  EXPECT_THAT(undone({"A"}, {"X", "A", "X"}, {"X", "A", "N", "X"}), ElementsAre("A", "N"));
  EXPECT_THAT(undone({"X", "A"}, {"X", "A", "X"}, {"X", "A", "X"}), ElementsAre("X", "A"));
}

TEST(Undo, PutsBackWhatWentBehindWhatStoodAboveIt) {
  EXPECT_THAT(undone({"A", "X", "B"}, {"A", "B"}, {"A", "N", "B"}), ElementsAre("A", "X", "N", "B"));
  EXPECT_THAT(undone({"X", "B"}, {"B"}, {"N", "B"}), ElementsAre("N", "X", "B"));
  EXPECT_THAT(undone({"X"}, {}, {"N"}), ElementsAre("X", "N"));
  EXPECT_THAT(undone({"A", "B", "X", "C"}, {"A", "B", "C"}, {"C", "N"}), ElementsAre("X", "C", "N"));
}

TEST(Undo, LeavesWhatStandsAlready) {
  EXPECT_THAT(undone({"A", "X", "B"}, {"A", "B"}, {"A", "B", "X"}), ElementsAre("A", "B", "X"));
}

TEST(Undo, LeavesWhatSomeoneElseChanged) {
  auto ours = "-m comment --comment n -j ACCEPT";
  auto theirs = "-s 10.0.0.1/32 -m comment --comment n -j ACCEPT";
  EXPECT_THAT(undone({"A"}, {ours, "A"}, {theirs, "A"}), ElementsAre(theirs, "A"));
  EXPECT_THAT(undone({"A", "B"}, {"B", "X"}, {"X"}), ElementsAre("A"));
}

TEST(Undo, WhatSomeoneElseDeletedOfOneThatStayedDoesNotComeBack) {
  EXPECT_THAT(undone({"A", "B", "C"}, {"A", "B", "X", "C"}, {"A", "X", "C"}), ElementsAre("A", "C"));
}

TEST(Undo, MovesBackWhatWasMovedButNothingForeign) {
  Desired desired = to(with_rules({"P", "F", "G"}));
  desired.foreign[kInput] = {false, true, true};
  auto before = with_rules({"F", "G", "P"});
  auto change = change_of(before, desired, {});
  ASSERT_EQ(change.chains.size(), 1U);
  EXPECT_EQ(change.chains[0].own, rules_from({"P"}));
  auto back = undo(std::span(&change, 1), with_rules({"P", "F", "N", "G"}));
  EXPECT_THAT(rules_in(back.state), ElementsAre("F", "N", "G", "P"));
  EXPECT_EQ(back.foreign.at(kInput), (std::vector<bool>{true, true, true, false}));
  EXPECT_EQ(undo(std::span(&change, 1), before).state, before);
}

TEST(Undo, BringsBackRelaidRulesThatAreMissing) {
  auto state = with_rules({"A", "B", "C"});
  std::vector<std::pair<ChainId, Rule>> relaid = {{kInput, Rule{"B"}}};
  auto change = change_of(state, to(state), relaid);
  EXPECT_THAT(rules_in(undo(std::span(&change, 1), with_rules({"A", "C"})).state),
              ElementsAre("A", "B", "C"));
  EXPECT_EQ(undo(std::span(&change, 1), state).state, state);
}

// Else a set that was replaced could not return, since a rule of pyfw's that uses it would be taken for
// another's.
TEST(Undo, RelaidRulesAreNobodyElses) {
  auto state = with_rules({"A", "B", "C"});
  std::vector<std::pair<ChainId, Rule>> relaid = {{kInput, Rule{"B"}}};
  auto change = change_of(state, to(state), relaid);
  EXPECT_EQ(undo(std::span(&change, 1), state).foreign.at(kInput), (std::vector<bool>{true, false, true}));
}

TEST(Undo, TakesOutLeftOverTemporaryRulesAndSets) {
  auto now = with_rules({"-m comment --comment _pyfw_temp_a -j DROP", "A",
                         "-m set --match-set _pyfw_temp_s src -j DROP", "-j LOG --log-prefix _pyfw_temp_s"});
  now.sets = {{.name = "_pyfw_temp_s", .type = "hash:ip"}, {.name = "s", .type = "hash:ip"}};
  auto back = undo({}, now);
  EXPECT_THAT(rules_in(back.state), ElementsAre("A", "-j LOG --log-prefix _pyfw_temp_s"));
  EXPECT_EQ(back.foreign.at(kInput), (std::vector<bool>{true, true}));
  EXPECT_THAT(back.removed_sets, ElementsAre("_pyfw_temp_s"));
  EXPECT_EQ(back.state.sets.size(), 1U);
}

TEST(Undo, ATextThatComesBackIsNowhereForeign) {
  auto back = undone(to(with_rules({"A", "X"})), with_rules({"X", "A", "X"}), with_rules({"A", "X", "N"}));
  EXPECT_THAT(rules_in(back.state), ElementsAre("X", "A", "X", "N"));
  EXPECT_EQ(back.foreign.at(kInput), (std::vector<bool>{false, true, false, true}));
}

TEST(Undo, PolicyReturnsOnlyWhereItIsPyfws) {
  auto policy = [](std::string value) {
    auto state = with_rules({});
    ensure_chain(state.iptables, "filter", "INPUT").policy = std::move(value);
    return state;
  };
  EXPECT_EQ(undone(to(policy("DROP")), policy("ACCEPT"), policy("DROP")).state, policy("ACCEPT"));
  EXPECT_EQ(undone(to(policy("DROP")), policy("ACCEPT"), policy("ACCEPT")).state, policy("ACCEPT"));
  EXPECT_EQ(undone(to(policy("ACCEPT")), policy("DROP"), policy("DROP")).state, policy("DROP"));
  // The table was not there before.
  EXPECT_EQ(undone(to(policy("DROP")), State(), policy("DROP")).state, policy("ACCEPT"));
}

TEST(Undo, ChainThatWasCreatedGoes) {
  auto before = with_rules({"A"});
  auto after = with_rules({"-j own", "A"});
  ensure_chain(after.iptables, "filter", "own").rules = rules_from({"X"});
  auto back = undone(to(after), before, after);
  EXPECT_EQ(back.state, before);
  EXPECT_THAT(back.removed_chains, ElementsAre(kOwn));
  EXPECT_FALSE(back.foreign.contains(kOwn));
  EXPECT_TRUE(undone(to(after), before, before).removed_chains.empty());
}

TEST(Undo, ChainThatWasCreatedStaysWhereSomeoneUsesIt) {
  auto before = with_rules({"A"});
  auto after = with_rules({"-j own", "A"});
  auto& own = ensure_chain(after.iptables, "filter", "own");
  own.rules = rules_from({"X"});
  auto with_jump = after;
  ensure_chain(with_jump.iptables, "filter", "FORWARD").rules = rules_from({"-j own"});
  auto back = undone(to(after), before, with_jump);
  EXPECT_TRUE(back.removed_chains.empty());
  EXPECT_TRUE(rules_in(back.state, kOwn).empty());

  auto with_rule = after;
  ensure_chain(with_rule.iptables, "filter", "own").rules = rules_from({"X", "N"});
  back = undone(to(after), before, with_rule);
  EXPECT_TRUE(back.removed_chains.empty());
  EXPECT_THAT(rules_in(back.state, kOwn), ElementsAre("N"));
  EXPECT_THAT(rules_in(back.state), ElementsAre("A"));
}

TEST(Undo, ChainThatWasRemovedComesBack) {
  auto before = with_rules({"-j own", "A"});
  ensure_chain(before.iptables, "filter", "own").rules = rules_from({"X", "Y"});
  auto desired = to(with_rules({"A"}));
  desired.removed_chains = {kOwn};
  auto back = undone(desired, before, desired.state);
  EXPECT_EQ(back.state, before);
  EXPECT_EQ(back.foreign.at(kOwn), (std::vector<bool>{false, false}));
  EXPECT_EQ(undone(desired, before, before).state, before);
}

TEST(Undo, RuleOfAChainThatIsGoneStaysAway) {
  auto before = with_rules({"-j THEIRS", "-m set --match-set s src -j DROP", "A"});
  before.sets = {{.name = "s", .type = "hash:ip"}};
  ensure_chain(before.iptables, "filter", "THEIRS");
  auto after = with_rules({"A"});
  ensure_chain(after.iptables, "filter", "THEIRS");
  EXPECT_THAT(rules_in(undone(to(after), before, with_rules({"A"})).state), ElementsAre("A"));
}

State with_set(const std::string& type, const std::string& header, const Texts& members) {
  State state;
  state.sets = {{.name = "s", .type = type, .header = header, .members = members}};
  return state;
}

State with_members(const Texts& members) { return with_set("hash:ip", "family inet", members); }

TEST(Undo, MembersGoAndComeByElement) {
  auto before = with_members({"1", "2", "3 comment old"});
  auto after = with_members({"1", "3 comment new", "4", "5 comment ours"});
  auto now = with_set("hash:ip", "family inet hashsize 2048",
                      {"1", "3 comment new packets 7", "4 packets 1 bytes 2", "5 comment theirs", "6"});
  auto back = undone(to(after), before, now);
  EXPECT_THAT(back.state.sets[0].members, ElementsAre("1", "3 comment old", "5 comment theirs", "6", "2"));
  EXPECT_EQ(undone(to(after), before, before).state, before);
}

TEST(Undo, SetThatWasCreatedGoesUnlessNamed) {
  State before;
  auto after = with_set("hash:ip", "", {"1"});
  auto now = with_set("hash:ip", "family inet hashsize 1024 maxelem 65536", {"1"});
  auto back = undone(to(after), before, now);
  EXPECT_THAT(back.removed_sets, ElementsAre("s"));
  EXPECT_TRUE(back.state.sets.empty());

  auto named = now;
  named.iptables = with_rules({"-m set --match-set s src -j DROP"}).iptables;
  back = undone(to(after), before, named);
  EXPECT_TRUE(back.removed_sets.empty());
  EXPECT_TRUE(back.state.sets.at(0).members.empty());

  auto in_list = now;
  in_list.sets.push_back({.name = "l", .type = "list:set", .header = "size 8", .members = {"s"}});
  EXPECT_TRUE(undone(to(after), before, in_list).removed_sets.empty());

  now.sets[0].members.emplace_back("2");
  back = undone(to(after), before, now);
  EXPECT_TRUE(back.removed_sets.empty());
  EXPECT_THAT(back.state.sets.at(0).members, ElementsAre("2"));
}

TEST(Undo, SetThatWasRemovedOrReplacedComesBackWhole) {
  auto before = with_set("hash:ip", "family inet", {"1", "2"});
  Desired gone;
  gone.removed_sets = {"s"};
  auto back = undone(gone, before, State());
  EXPECT_EQ(back.state, before);
  EXPECT_THAT(back.exact_sets, ElementsAre("s"));
  EXPECT_EQ(undone(gone, before, before).state, before);

  auto after = with_set("hash:net", "family inet", {"1.0.0.0/8"});
  auto now = with_set("hash:net", "family inet hashsize 1024", {"1.0.0.0/8", "2.0.0.0/8"});
  back = undone(to(after), before, now);
  EXPECT_EQ(back.state, before);
  EXPECT_THAT(back.exact_sets, ElementsAre("s"));
  EXPECT_TRUE(back.removed_sets.empty());
  back = undone(to(after), before, before);
  EXPECT_EQ(back.state, before);
  EXPECT_TRUE(back.exact_sets.empty());
}

TEST(Undo, ListOfSetsGetsItsOrderBack) {
  auto list = [](const Texts& members) { return with_set("list:set", "size 8", members); };
  EXPECT_EQ(undone(to(list({"c", "a", "d"})), list({"a", "b", "c"}), list({"c", "a", "d"})).state,
            list({"a", "b", "c"}));
  EXPECT_EQ(undone(to(list({"c", "a", "d"})), list({"a", "b", "c"}), list({"c", "n"})).state,
            list({"a", "b", "c", "n"}));
}

TEST(Changes, AreReadAsTheyWereWritten) {
  auto before = with_set("hash:ip", "family inet", {"1", "\xff"});
  before.iptables = with_rules({"A\xfe", "B"}).iptables;
  auto after = with_set("hash:net", "", {});
  after.iptables = with_rules({"B", "A\xfe", "C"}).iptables;
  ensure_chain(after.ip6tables, "nat", "own");
  std::vector<std::pair<ChainId, Rule>> relaid = {{kInput, Rule{"B"}}};
  std::vector<Change> changes = {change_of(before, to(after), relaid), Change(),
                                 change_of(after, to(before), {})};
  auto read = parse_changes(write_changes(changes));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, changes);
  auto text = write_changes(changes);
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_changes(text.substr(0, size)));
}

int coin(int sides) { return *rc::gen::inRange(0, sides); }

void shuffle(Texts& texts) {
  for (std::size_t i = texts.size(); i > 1; --i)
    std::swap(texts[i - 1], texts[static_cast<std::size_t>(coin(static_cast<int>(i)))]);
}

// Any two states: chains and sets that are only in one of them, rules several times, in any order.
State any_state() {
  State state;
  for (auto family : kFamilies) {
    for (const std::string chain : {"INPUT", "FORWARD", "one", "two"}) {
      bool is_user = !is_builtin("filter", chain);
      if (is_user && coin(3) == 0) continue;
      Texts rules;
      for (int i = coin(6); i > 0; --i) rules.push_back("r" + std::to_string(coin(5)));
      auto& there = ensure_chain(ruleset_of(state, family), "filter", chain);
      there.rules = rules_from(rules);
      if (!is_user) there.policy = coin(2) == 0 ? "ACCEPT" : "DROP";
    }
  }
  for (const std::string name : {"s", "t", "u"}) {
    if (coin(3) == 0) continue;
    Set set{.name = name, .type = coin(3) == 0 ? "hash:net" : "hash:ip", .header = "family inet"};
    if (coin(4) == 0) set.type = "list:set";
    Texts elements = {"1", "2", "3", "4"};
    shuffle(elements);
    elements.resize(static_cast<std::size_t>(coin(5)));
    for (auto& element : elements) set.members.push_back(element + (coin(3) == 0 ? " comment c" : ""));
    state.sets.push_back(std::move(set));
  }
  return state;
}

// What stands in no order, in one.
State canonical(State state) {
  for (auto family : kFamilies)
    for (auto& table : ruleset_of(state, family).tables) std::ranges::sort(table.chains, {}, &Chain::name);
  std::ranges::sort(state.sets, {}, &Set::name);
  for (auto& set : state.sets)
    if (set.type != "list:set") std::ranges::sort(set.members);
  return state;
}

// What only `from` has goes.
Desired exactly(const State& from, const State& state) {
  Desired desired = to(state);
  for (const auto& [id, chain] : chains_of(from))
    if (find_chain(state, id) == nullptr) desired.removed_chains.insert(id);
  for (const auto& set : from.sets)
    if (find_set(state.sets, set.name) == nullptr) desired.removed_sets.insert(set.name);
  return desired;
}

// A state in which any of the chains and sets have been changed already.
State partly(const State& from, const State& state) {
  State out;
  auto pick = [](const auto* a, const auto* b) { return coin(2) == 0 ? a : b; };
  for (auto family : kFamilies)
    for (const std::string name : {"INPUT", "FORWARD", "OUTPUT", "one", "two"})
      if (const auto* chain = pick(find_chain(ruleset_of(from, family), "filter", name),
                                   find_chain(ruleset_of(state, family), "filter", name)))
        ensure_chain(ruleset_of(out, family), "filter", name) = *chain;
  for (const std::string name : {"s", "t", "u"})
    if (const auto* set = pick(find_set(from.sets, name), find_set(state.sets, name)))
      out.sets.push_back(*set);
  return out;
}

RC_GTEST_PROP(Undo, ReturnsToTheStateBefore, ()) {
  auto a = any_state();
  auto b = any_state();
  RC_ASSERT(canonical(undone(exactly(a, b), a, b).state) == canonical(a));
}

RC_GTEST_PROP(Undo, OfNothingDoneChangesNothing, ()) {
  auto a = any_state();
  auto back = undone(exactly(a, any_state()), a, a);
  RC_ASSERT(back.state == a);
  RC_ASSERT(back.foreign.empty());
  RC_ASSERT(back.removed_chains.empty() && back.removed_sets.empty() && back.exact_sets.empty());
}

RC_GTEST_PROP(Undo, OfWhatWasPartlyDoneReturnsToTheStateBefore, ()) {
  auto a = any_state();
  auto b = any_state();
  RC_ASSERT(canonical(undone(exactly(a, b), a, partly(a, b)).state) == canonical(a));
}

RC_GTEST_PROP(Undo, OfSeveralChangesReturnsToTheFirstState, ()) {
  std::vector<State> states = {any_state()};
  std::vector<Change> changes;
  for (int i = 1 + coin(3); i > 0; --i) {
    auto next = any_state();
    changes.push_back(change_of(states.back(), exactly(states.back(), next), {}));
    // Each may have been cut short, and the next one made from what was there then.
    states.push_back(coin(2) == 0 ? partly(states.back(), next) : next);
  }
  RC_ASSERT(canonical(undo(changes, states.back()).state) == canonical(states.front()));
}

RC_GTEST_PROP(Undo, KeepsForeignRulesAsOthersLeftThem, ()) {
  Texts foreign;
  // With copies it can't be told which of them stood where.
  bool has_copies = coin(2) == 0;
  int next = 0;
  auto some_foreign = [&] { return "f" + std::to_string(has_copies ? coin(6) : next++); };
  for (int i = coin(6); i > 0; --i) foreign.push_back(some_foreign());
  Texts own = {"w0", "w1", "w2", "w3", "w4"};
  auto some_own = [&] {
    Texts picked = own;
    shuffle(picked);
    picked.resize(static_cast<std::size_t>(coin(6)));
    return picked;
  };
  auto mix = [](const Texts& theirs, const Texts& ours, std::vector<bool>& flags) {
    Texts mixed;
    for (std::size_t f = 0, o = 0; f < theirs.size() || o < ours.size();) {
      bool is_theirs = o == ours.size() || (f < theirs.size() && coin(2) == 0);
      mixed.push_back(is_theirs ? theirs[f++] : ours[o++]);
      flags.push_back(is_theirs);
    }
    return mixed;
  };
  std::vector<bool> flags;
  auto ours_before = some_own();
  auto before = with_rules(mix(foreign, ours_before, flags));
  flags.clear();
  auto desired = to(with_rules(mix(foreign, some_own(), flags)));
  desired.foreign[kInput] = flags;
  // Others delete, insert and move what is theirs.
  auto now = rules_in(coin(4) == 0 ? before : desired.state);
  for (int i = coin(6); i > 0; --i) {
    auto at = now.begin() + coin(static_cast<int>(now.size()) + 1);
    if (at != now.end() && at->starts_with('f') && coin(2) == 0)
      now.erase(at);
    else
      now.insert(at, some_foreign());
  }
  auto back = undone(desired, before, with_rules(now));
  auto result = rules_in(back.state);
  auto show = [](const char* what, const Texts& texts) {
    RC_LOG() << what;
    for (const auto& text : texts) RC_LOG() << " " << text;
    RC_LOG() << "\n";
  };
  show("before", rules_in(before));
  show("after", rules_in(desired.state));
  show("now", now);
  show("undone", result);
  auto only = [](const Texts& texts, char kind) {
    Texts out;
    std::ranges::copy_if(texts, std::back_inserter(out), [&](const auto& text) { return text[0] == kind; });
    return out;
  };
  RC_ASSERT(only(result, 'f') == only(now, 'f'));
  auto ours = only(result, 'w');
  if (has_copies) {
    std::ranges::sort(ours);
    std::ranges::sort(ours_before);
  }
  RC_ASSERT(ours == ours_before);
  if (auto found = back.foreign.find(kInput); found != back.foreign.end()) {
    RC_ASSERT(found->second.size() == result.size());
    for (std::size_t i = 0; i < result.size(); ++i)
      if (result[i][0] == 'f') RC_ASSERT(found->second[i]);
  }
}

}  // namespace
}  // namespace pyfw
