#include "show/chain_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "plan/chain_edits.h"

namespace pyfw {
namespace {

using Kind = RuleLine::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Rule> rules(std::string_view letters) {
  std::vector<Rule> out;
  for (char c : letters) out.push_back({std::string("-m mark --mark 0x") + c + " -j ACCEPT"});
  return out;
}

// "+2" inserted at 2, "-1" removed from 1, "3>1" moved, "1=2" replaced, "4" kept and now at 4.
std::vector<std::string> diff(const std::vector<Rule>& live, const std::vector<Rule>& desired) {
  std::vector<std::string> out;
  for (const auto& line : lines_of_chain(live, desired, {})) {
    auto from = std::to_string(line.from);
    auto to = std::to_string(line.to);
    switch (line.kind) {
      case Kind::kKept: out.push_back(to); break;
      case Kind::kInserted: out.push_back("+" + to); break;
      case Kind::kRemoved: out.push_back("-" + from); break;
      case Kind::kMoved: out.push_back(from + ">" + to); break;
      case Kind::kReplaced: out.push_back(from + "=" + to); break;
    }
  }
  return out;
}

Rule named(std::string name, std::string target) {
  return {"-m comment --comment " + std::move(name) + " -j " + std::move(target)};
}

TEST(LinesOfChain, EqualChainsHaveNone) { EXPECT_THAT(diff(rules("abc"), rules("abc")), IsEmpty()); }

TEST(LinesOfChain, WhatGoesIsShownAboveWhatComesInItsPlace) {
  EXPECT_THAT(diff(rules("abc"), rules("axc")), ElementsAre("1", "-2", "+2", "3"));
}

TEST(LinesOfChain, AMovedRuleIsShownOnceWhereItShallStand) {
  EXPECT_THAT(diff(rules("abcde"), rules("eabcd")), ElementsAre("5>1", "2", "3"));
}

TEST(LinesOfChain, ARuleOfTheSameNameReplacesTheOldOne) {
  auto lines = lines_of_chain(std::vector{named("a", "DROP"), named("b", "DROP")},
                              std::vector{named("b", "DROP"), named("a", "ACCEPT")}, {});
  ASSERT_EQ(lines.size(), 2);
  EXPECT_EQ(lines[1].kind, Kind::kReplaced);
  EXPECT_EQ(lines[1].name, "a");
  EXPECT_EQ(lines[1].before, named("a", "DROP"));
  EXPECT_EQ(lines[1].rule, named("a", "ACCEPT"));
  EXPECT_EQ(lines[1].from, 1);
  EXPECT_EQ(lines[1].to, 2);
}

TEST(LinesOfChain, RulesWithoutNameDoNotReplaceEachOther) {
  EXPECT_THAT(diff(rules("a"), rules("b")), ElementsAre("-1", "+1"));
}

TEST(LinesOfChain, OnlyRulesNearAChangeAreShown) {
  EXPECT_THAT(diff(rules("abcdefgh"), rules("abcdxefgh")), ElementsAre("3", "4", "+5", "6", "7"));
}

TEST(LinesOfChain, AGapOfOneRuleIsFilled) {
  EXPECT_THAT(diff(rules("abcdef"), rules("abcxdef")), ElementsAre("1", "2", "3", "+4", "5", "6", "7"));
  EXPECT_THAT(diff(rules("abcde"), rules("xabcdey")), ElementsAre("+1", "2", "3", "4", "5", "6", "+7"));
  EXPECT_THAT(diff(rules("abcdef"), rules("xabcdefy")), ElementsAre("+1", "2", "3", "6", "7", "+8"));
}

// The plan takes both copies out, since a delete takes the topmost; one of them comes back to its place.
TEST(LinesOfChain, ACopyThatComesToStandWhereItStoodIsNoMove) {
  EXPECT_THAT(diff(rules("aba"), rules("ab")), ElementsAre("1", "2", "-3"));
}

struct Case {
  std::vector<Rule> live;
  std::vector<Rule> desired;
  std::vector<bool> foreign;
};

// Foreign rules f0, f1, … keep their order; ours have few texts and names, so that there are copies, moves
// and changes.
Case some_case() {
  auto some_own = [] { return *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12)); };
  auto foreign_count = *rc::gen::inRange(0, 6);
  auto mixed = [&](const std::vector<int>& own, std::vector<bool>& flags) {
    std::vector<Rule> out;
    int f = 0;
    std::size_t o = 0;
    while (f < foreign_count || o < own.size()) {
      bool is_foreign = o == own.size() || (f < foreign_count && *rc::gen::arbitrary<bool>());
      flags.push_back(is_foreign);
      auto i = is_foreign ? 0 : own[o++];
      out.push_back(is_foreign ? named("f" + std::to_string(f++), "DROP")
                               : named("w" + std::to_string(i / 2), i % 2 == 0 ? "ACCEPT" : "DROP"));
    }
    return out;
  };
  Case out;
  std::vector<bool> unused;
  out.live = mixed(some_own(), unused);
  out.desired = mixed(some_own(), out.foreign);
  return out;
}

RC_GTEST_PROP(LinesOfChain, MadeOnTheLiveChainGiveTheDesiredOne, ()) {
  auto [live, desired, foreign] = some_case();
  auto lines = lines_of_chain(live, desired, foreign);
  std::set<std::size_t> gone;
  for (const auto& line : lines) {
    if (line.kind == Kind::kKept || line.from == 0) continue;
    RC_ASSERT(gone.insert(line.from).second);
    RC_ASSERT(live[line.from - 1] == line.before.value_or(line.rule));
  }
  auto chain = live;
  for (auto from : gone | std::views::reverse) chain.erase(chain.begin() + (static_cast<long>(from) - 1));
  std::size_t last = 0;
  for (const auto& line : lines) {
    if (line.to == 0) continue;
    RC_ASSERT(line.to > last);  // in the order of the desired chain
    last = line.to;
    if (line.kind == Kind::kKept) continue;
    RC_ASSERT(line.to <= chain.size() + 1);
    chain.insert(chain.begin() + (static_cast<long>(line.to) - 1), line.rule);
  }
  RC_ASSERT(chain == desired);
}

RC_GTEST_PROP(LinesOfChain, ForeignRulesStay, ()) {
  auto [live, desired, foreign] = some_case();
  for (const auto& line : lines_of_chain(live, desired, foreign))
    if (line.name.starts_with("f")) RC_ASSERT(line.kind == Kind::kKept);
}

RC_GTEST_PROP(LinesOfChain, WhatMovesIsMovedByThePlan, ()) {
  auto [live, desired, foreign] = some_case();
  auto edits = edits_of_chain(live, desired, foreign);
  std::set<Rule> moved;
  std::size_t placed = 0;
  for (const auto* some : {&edits.early, &edits.late}) {
    for (const auto& one : *some) {
      if (const auto* move = std::get_if<Move>(&one.edit)) {
        moved.insert(move->rule);
      } else {
        ++placed;
      }
    }
  }
  std::size_t shown = 0;
  for (const auto& line : lines_of_chain(live, desired, foreign)) {
    if (line.kind == Kind::kMoved) RC_ASSERT(moved.contains(line.rule));
    if (line.kind == Kind::kKept || line.kind == Kind::kMoved) continue;
    if (line.kind == Kind::kReplaced) {
      if (!moved.contains(*line.before)) ++shown;
      if (!moved.contains(line.rule)) ++shown;
    } else if (!moved.contains(line.rule)) {
      ++shown;
    }
  }
  RC_ASSERT(shown == placed);
}

RC_GTEST_PROP(LinesOfChain, WhatIsLeftOutIsFarFromEachChange, ()) {
  std::vector<Rule> live;
  std::vector<Rule> desired;
  auto length = *rc::gen::inRange(1, 40);
  for (int i = 0; i < length; ++i) {
    auto dice = *rc::gen::inRange(0, 20);
    if (dice > 0) live.push_back(named("w" + std::to_string(i), "DROP"));
    if (dice != 1) desired.push_back(named("w" + std::to_string(i), "DROP"));
  }
  auto lines = lines_of_chain(live, desired, {});
  if (lines.empty()) return;
  auto is_kept = [&](std::size_t i) { return i >= lines.size() || lines[i].kind == Kind::kKept; };
  // The line behind the last one stands for the end of the chain.
  std::size_t next = 1;
  for (std::size_t i = 0; i <= lines.size(); ++i) {
    auto to = i < lines.size() ? lines[i].to : desired.size() + 1;
    if (to == 0) continue;
    auto left_out = to - next;
    next = to + 1;
    if (left_out == 0) continue;
    RC_ASSERT(left_out >= 2);
    for (std::size_t near = 0; near < kContext; ++near) RC_ASSERT(is_kept(i + near) && is_kept(i - 1 - near));
  }
  // And no more is shown than that: two beside a change, and one that would be alone.
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto from = i < kContext + 1 ? 0 : i - kContext - 1;
    auto to = std::min(lines.size(), i + kContext + 2);
    RC_ASSERT(std::any_of(lines.begin() + static_cast<long>(from), lines.begin() + static_cast<long>(to),
                          [](const RuleLine& line) { return line.kind != Kind::kKept; }));
  }
}

}  // namespace
}  // namespace pyfw
