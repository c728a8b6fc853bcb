// Ways between random states of three tables and two sets that rules use: each commit is taken, the end is
// the desired state, and in between no packet gets through that neither end lets through.

#include "plan/way.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>

#include "tests/property/apply_commit.h"
#include "tests/property/packets.h"

namespace pyfw {
namespace {

const ChainId kInput{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"};

int coin(int sides) { return *rc::gen::inRange(0, sides); }

// Packet n comes from 10.0.0.n.
bool is_member(const State& state, const std::string& set, std::size_t packet) {
  const auto* found = find_set(state.sets, set);
  return found != nullptr &&
         std::ranges::find(found->members, "10.0.0." + std::to_string(packet)) != found->members.end();
}

bool meets(const State& state, const Rule& rule, std::size_t packet) {
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (tokens[i] == "--match-set" && is_member(state, tokens[i + 1], packet) == (tokens[i - 1] == "!"))
      return false;
  return matches(tokens, packet);
}

bool gets_through(const State& state, const std::string& table, const std::string& name, std::size_t packet) {
  const auto* chain = find_chain(state.iptables, table, name);
  if (chain == nullptr) return true;
  for (const auto& rule : chain->rules) {
    if (!meets(state, rule, packet)) continue;
    if (target_of(rule) == "ACCEPT") return true;
    if (target_of(rule) == "DROP") return false;
  }
  return chain->policy != "DROP";
}

bool gets_through(const State& state, std::size_t packet) {
  return gets_through(state, "raw", "PREROUTING", packet) && gets_through(state, "mangle", "INPUT", packet) &&
         gets_through(state, "filter", "INPUT", packet);
}

Set random_set(const std::string& name) {
  constexpr std::array kTypes = {"hash:ip", "hash:net"};
  Set set{.name = name, .type = kTypes[static_cast<std::size_t>(coin(2))], .header = "family inet"};
  if (coin(3) == 0) set.header += " comment";
  for (int i = 0; i < static_cast<int>(kPackets); ++i)
    if (coin(2) == 0) set.members.push_back("10.0.0." + std::to_string(i));
  return set;
}

Rule random_rule(bool with_sets) {
  std::string text;
  if (with_sets && coin(2) == 0)
    text = std::string("-m set ") + (coin(3) == 0 ? "! " : "") + "--match-set " + (coin(2) == 0 ? "a" : "b") +
           " src";
  else
    text = "-m mark --mark 0x" + std::to_string(coin(8)) + std::to_string(coin(8));
  return Rule{text + " -m comment --comment r" + std::to_string(coin(4)) + " -j " +
              (coin(2) == 0 ? "ACCEPT" : "DROP")};
}

State random_state(int tables, bool with_sets) {
  constexpr std::array<std::pair<const char*, const char*>, 3> kChains = {
      {{"filter", "INPUT"}, {"mangle", "INPUT"}, {"raw", "PREROUTING"}}};
  State state;
  if (with_sets) state.sets = {random_set("a"), random_set("b")};
  for (int t = 0; t < tables; ++t) {
    const auto& [table, name] = kChains[static_cast<std::size_t>(t)];
    auto& chain = ensure_chain(state.iptables, table, name);
    chain.policy = coin(2) == 0 ? "ACCEPT" : "DROP";
    for (int i = coin(4); i > 0; --i) chain.rules.push_back(random_rule(with_sets));
  }
  return state;
}

Desired all_ours(State state) {
  Desired desired{.state = std::move(state), .foreign = {}};
  for (const auto& [id, chain] : chains_of(desired.state))
    desired.foreign.emplace(id, std::vector<bool>(chain->rules.size(), false));
  for (const auto& set : desired.state.sets) desired.exact_sets.insert(set.name);
  return desired;
}

// As if a ~match meant some of the live rules that use no set: they stand anywhere in the desired chain, but
// as often.
void match_some(const State& live, Desired& desired) {
  for (const auto& [id, there] : chains_of(live)) {
    auto& rules = find_chain(desired.state, id)->rules;
    auto& matched = desired.matched[id];
    for (const auto& rule : there->rules)
      if (sets_named_by(rule).empty() && coin(2) == 0) matched.insert(rule.text);
    auto is_matched = [&](const Rule& rule) { return matched.contains(rule.text); };
    std::erase_if(rules, is_matched);
    for (const auto& rule : there->rules)
      if (is_matched(rule)) rules.insert(rules.begin() + coin(static_cast<int>(rules.size()) + 1), rule);
    desired.foreign.at(id).assign(rules.size(), false);
  }
}

void expect_matched(const State& live, const State& now, const Desired& desired) {
  for (const auto& [id, texts] : desired.matched)
    for (const auto& text : texts)
      RC_ASSERT(std::ranges::count(find_chain(now, id)->rules, text, &Rule::text) ==
                std::ranges::count(find_chain(live, id)->rules, text, &Rule::text));
}

void expect_same(const State& now, const State& desired) {
  RC_ASSERT(now.iptables == desired.iptables);
  RC_ASSERT(now.sets.size() == desired.sets.size());
  for (const auto& wanted : desired.sets) {
    const auto* set = find_set(now.sets, wanted.name);
    RC_ASSERT(set != nullptr);
    RC_ASSERT(set->type == wanted.type);
    RC_ASSERT(set->header == wanted.header);
    RC_ASSERT((std::set<std::string>(set->members.begin(), set->members.end()) ==
               std::set<std::string>(wanted.members.begin(), wanted.members.end())));
  }
}

void walk(const State& live, const Desired& desired, Backend backend) {
  auto way = find_way(live, desired, backend);
  for (const auto& commit : way.commits) {
    const auto* table = std::get_if<TableCommit>(&commit);
    const auto* sets = std::get_if<SetCommit>(&commit);
    if (table != nullptr) RC_LOG() << restore_input(*table);
    if (sets != nullptr) RC_LOG() << restore_input(*sets);
  }
  auto now = live;
  for (const auto& commit : way.commits) {
    auto done = apply_commit(now, commit, [&](const State& midway) {
      expect_matched(live, midway, desired);
      for (std::size_t packet = 0; packet < kPackets; ++packet)
        if (!gets_through(live, packet) && !gets_through(desired.state, packet))
          RC_ASSERT(!gets_through(midway, packet));
    });
    if (!done) RC_FAIL(done.error().message);
  }
  expect_same(now, desired.state);
}

RC_GTEST_PROP(FindWay, OfOneTableIsOneCommit, ()) {
  auto live = random_state(1, false);
  auto desired = all_ours(random_state(1, false));
  RC_ASSERT(find_way(live, desired, Backend::kNft).commits.size() <= 1);
  walk(live, desired, Backend::kNft);
}

RC_GTEST_PROP(FindWay, OfSeveralTablesIsNeverMoreOpenThanBothEnds, ()) {
  walk(random_state(3, false), all_ours(random_state(3, false)), Backend::kLegacy);
}

RC_GTEST_PROP(FindWay, OfSetsWithTheRulesThatUseThemIsNeverMoreOpenThanBothEnds, ()) {
  walk(random_state(1, true), all_ours(random_state(1, true)), Backend::kLegacy);
}

RC_GTEST_PROP(FindWay, OfSetsAndSeveralTablesIsNeverMoreOpenThanBothEnds, ()) {
  walk(random_state(3, true), all_ours(random_state(3, true)), Backend::kNft);
}

RC_GTEST_PROP(FindWay, WithMovesOfOthersRulesHasEachOfThemAtEveryStep, ()) {
  auto live = random_state(3, true);
  auto desired = all_ours(random_state(3, true));
  match_some(live, desired);
  walk(live, desired, Backend::kNft);
}

RC_GTEST_PROP(FindWay, OfManyDeletesOnNftEndsInTheDesiredState, ()) {
  State live;
  auto& chain = ensure_chain(live.iptables, "filter", "INPUT");
  for (int i = 0; i < 400; ++i)
    chain.rules.push_back(
        Rule{"-m mark --mark 0x" + std::to_string(i) + " -j " + (i % 3 == 0 ? "DROP" : "ACCEPT")});
  auto desired = all_ours(live);
  auto& rules = ensure_chain(desired.state.iptables, "filter", "INPUT").rules;
  std::erase_if(rules, [](const Rule&) { return coin(4) != 0; });
  if (rules.size() > 3) std::swap(rules[0], rules[rules.size() / 2]);
  rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(rules.size() / 2), Rule{"-j LOG"});
  desired.foreign.at(kInput).assign(rules.size(), false);
  if (rules.size() > 1 && coin(2) == 0) {
    desired.matched[kInput] = {rules.front().text, rules.back().text};
    std::swap(rules.front(), rules.back());
  }
  walk(live, desired, Backend::kNft);
}

TEST(FindWay, ARuleThatAMatchMovesIsNotRenamedWithItsSet) {
  State live;
  live.sets = {{.name = "a", .type = "hash:ip", .header = "family inet", .members = {"10.0.0.1"}}};
  Rule ours{"-m set --match-set a src -m comment --comment ours -j DROP"};
  Rule matched{"-m set --match-set a src -j LOG"};
  auto& chain = ensure_chain(live.iptables, "filter", "INPUT");
  chain.rules = {ours, matched};
  auto desired = all_ours(live);
  desired.state.sets[0].members = {"10.0.0.2"};
  ensure_chain(desired.state.iptables, "filter", "INPUT").rules = {matched, ours, Rule{"-j ACCEPT"}};
  desired.foreign.at(kInput).assign(3, false);
  desired.matched[kInput] = {matched.text};
  auto now = live;
  bool is_aside = false;
  for (const auto& commit : find_way(live, desired, Backend::kNft).commits)
    ASSERT_TRUE(apply_commit(now, commit, [&](const State& midway) {
      const auto& rules = find_chain(midway, kInput)->rules;
      EXPECT_EQ(std::ranges::count(rules, matched), 1);
      is_aside = is_aside || std::ranges::count(rules, ours) == 0;
    }));
  EXPECT_TRUE(is_aside) << "the set was changed in place";
}

RC_GTEST_PROP(FindWay, RelaidRulesAreThoseThatStayButNameASetThatIsBroughtAside, ()) {
  auto live = random_state(1, true);
  auto desired = all_ours(random_state(1, true));
  auto way = find_way(live, desired, Backend::kNft);
  for (const auto& [id, rule] : way.relaid) {
    RC_ASSERT(!sets_named_by(rule).empty());
    RC_ASSERT(std::ranges::count(find_chain(live.iptables, id.table, id.chain)->rules, rule) > 0);
    RC_ASSERT(std::ranges::count(find_chain(desired.state.iptables, id.table, id.chain)->rules, rule) > 0);
  }
}

}  // namespace
}  // namespace pyfw
