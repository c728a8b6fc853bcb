#include "plan/table_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Table filter(std::vector<Rule> input, const std::string& policy = "ACCEPT") {
  return {.name = "filter", .chains = {{.name = "INPUT", .policy = policy, .rules = std::move(input)}}};
}

struct Case {
  Table live;
  Table desired;
  std::vector<bool> foreign{};
  std::set<std::string> matched{};
  std::set<ChainId> removed{};
};

ChainId chain(std::string name) {
  return {.family = Family::kIpv4, .table = "filter", .chain = std::move(name)};
}

std::vector<Commit> commits(const Case& c, Backend backend = Backend::kLegacy, bool is_untouched = false) {
  ForeignFlags foreign = {{chain("INPUT"), c.foreign}};
  MatchedTexts matched = {{chain("INPUT"), c.matched}};
  return commits_of_table({.family = Family::kIpv4,
                           .live = is_untouched ? nullptr : &c.live,
                           .desired = c.desired,
                           .foreign = foreign,
                           .matched = matched,
                           .removed = c.removed},
                          backend);
}

std::vector<std::string> inputs(const std::vector<Commit>& commits) {
  std::vector<std::string> texts;
  for (const auto& commit : commits)
    texts.push_back(std::holds_alternative<TableCommit>(commit) ? restore_input(std::get<TableCommit>(commit))
                                                                : "handles");
  return texts;
}

TEST(CommitsOfTable, WhereNothingDiffersThereIsNone) {
  EXPECT_THAT(commits({.live = filter({{"-j A"}}), .desired = filter({{"-j A"}})}), IsEmpty());
  EXPECT_THAT(commits({.live = {}, .desired = filter({})}, Backend::kNft, true), IsEmpty());
}

TEST(CommitsOfTable, OneCommitWithDeletesBeforeInsertsAndForeignRulesUntouched) {
  Case c{.live = filter({{"-j F1"}, {"-j OLD"}, {"-j F2"}}),
         .desired = filter({{"-j NEW"}, {"-j F1"}, {"-j F2"}, {"-j LAST"}}, "DROP"),
         .foreign = {false, true, true, false}};
  EXPECT_THAT(
      inputs(commits(c)),
      ElementsAre("*filter\n-D INPUT -j OLD\n-I INPUT 1 -j NEW\n-A INPUT -j LAST\n-P INPUT DROP\nCOMMIT\n"));
}

TEST(CommitsOfTable, OnAnUntouchedTableOnlyWhatIsWished) {
  EXPECT_THAT(inputs(commits({.live = {}, .desired = filter({{"-j A"}}, "DROP")}, Backend::kNft, true)),
              ElementsAre("*filter\n-I INPUT 1 -j A\n-P INPUT DROP\nCOMMIT\n"));
}

TEST(CommitsOfTable, ChainsComeFirstAndGoLastAndOnlyIfToldSo) {
  Case c{.live = filter({{"-j GONE"}}), .desired = filter({{"-j MINE"}}), .foreign = {false}};
  c.live.chains.push_back({.name = "GONE", .rules = {{"-j TOO"}}});
  c.live.chains.push_back({.name = "TOO", .rules = {{"-j LOG"}, {"-j GONE"}}});
  c.live.chains.push_back({.name = "STAYS", .rules = {{"-j LOG"}}});
  c.desired.chains.push_back({.name = "MINE", .rules = {{"-j DROP"}}});
  c.removed = {chain("GONE"), chain("TOO")};
  EXPECT_THAT(
      inputs(commits(c)),
      ElementsAre(
          "*filter\n-N MINE\n-D INPUT -j GONE\n-I INPUT 1 -j MINE\n-I MINE 1 -j DROP\n-D GONE -j TOO\n"
          "-D TOO -j LOG\n-D TOO -j GONE\n-X GONE\n-X TOO\nCOMMIT\n"));
}

Case many_that_go() {
  Case c{.live = filter({}), .desired = filter({})};
  auto& live = c.live.chains[0].rules;
  auto& desired = c.desired.chains[0].rules;
  for (int i = 0; i < 1000; ++i) {
    live.push_back(Rule{"-s 10.0.0." + std::to_string(i) + " -j DROP"});
    if (i % 4 == 3) {
      desired.push_back(Rule{"-s 10.1.0." + std::to_string(i) + " -j DROP"});
      c.foreign.push_back(false);
    } else {
      desired.push_back(live.back());
      c.foreign.push_back(true);
    }
  }
  return c;
}

TEST(CommitsOfTable, ManyThatGoFromALongChainGoByHandleOnNftOnly) {
  auto c = many_that_go();
  EXPECT_THAT(commits(c, Backend::kLegacy), SizeIs(1));
  auto two = commits(c, Backend::kNft);
  ASSERT_THAT(two, SizeIs(2));
  const auto& deletes = std::get<HandleCommit>(two[1]);
  ASSERT_THAT(deletes.chains, SizeIs(1));
  // Carried out: what is put in comes above what it replaces, and the indexes are those of what then stands
  // there.
  auto rules = c.live.chains[0].rules;
  for (const auto& line : std::get<TableCommit>(two[0]).lines)
    rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(line.at - 1), line.rule);
  EXPECT_EQ(deletes.chains[0].of, rules.size());
  for (auto at = deletes.chains[0].at.rbegin(); at != deletes.chains[0].at.rend(); ++at) {
    EXPECT_TRUE(rules[*at].text.starts_with("-s 10.0."));
    ASSERT_GT(*at, 0);
    EXPECT_TRUE(rules[*at - 1].text.starts_with("-s 10.1.")) << "its successor stands above it";
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(*at));
  }
  EXPECT_EQ(rules, c.desired.chains[0].rules);
}

TEST(CommitsOfTable, WhatIsMatchedMovesInOneCommitAlsoWhereManyGo) {
  auto c = many_that_go();
  auto moved = c.live.chains[0].rules[999];
  c.matched = {moved.text};
  c.desired.chains[0].rules.insert(c.desired.chains[0].rules.begin() + 500, moved);
  c.foreign.insert(c.foreign.begin() + 500, false);
  auto two = commits(c, Backend::kNft);
  ASSERT_THAT(two, SizeIs(2));
  auto rules = c.live.chains[0].rules;
  for (const auto& line : std::get<TableCommit>(two[0]).lines) {
    if (line.kind == TableLine::Kind::kDelete) {
      EXPECT_EQ(line.rule, moved);
      std::erase(rules, line.rule);
    } else {
      rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(line.at - 1), line.rule);
    }
  }
  EXPECT_EQ(std::ranges::count(rules, moved), 1);
  const auto& deletes = std::get<HandleCommit>(two[1]).chains[0];
  EXPECT_EQ(deletes.of, rules.size());
  for (auto at = deletes.at.rbegin(); at != deletes.at.rend(); ++at)
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(*at));
  EXPECT_EQ(rules, c.desired.chains[0].rules);
  ASSERT_EQ(deletes.before_at.size(), deletes.at.size());
  for (auto at : deletes.before_at) EXPECT_NE(c.live.chains[0].rules[at], moved);
}

}  // namespace
}  // namespace pyfw
