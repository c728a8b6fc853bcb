#include "nft/nft_change.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "plan/table_change.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::Optional;

// The bytes of each rule are its text, so that they can be told apart.
std::optional<NftRuleBytes> as_bytes(const std::string& text) {
  static std::set<std::string> texts;
  if (text == "-j UNKNOWN") return std::nullopt;
  return NftRuleBytes{.expressions = *texts.insert(text).first, .userdata = {}};
}

Table input(std::vector<Rule> rules) {
  return {.name = "filter", .chains = {{.name = "INPUT", .policy = "ACCEPT", .rules = std::move(rules)}}};
}

TableOfHandles there(std::vector<std::uint64_t> handles) {
  return {.handle = 1, .chains = {{.name = "INPUT", .policy = "ACCEPT", .rules = std::move(handles)}}};
}

TableCommit commit_between(const Table& live, const Table& desired, std::vector<bool> foreign = {}) {
  ForeignFlags flags = {{{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"}, std::move(foreign)}};
  auto commits = commits_of_table({.family = Family::kIpv4,
                                   .live = &live,
                                   .desired = desired,
                                   .foreign = flags,
                                   .matched = {},
                                   .removed = {}},
                                  Backend::kNft);
  EXPECT_EQ(commits.size(), 1U);
  return std::get<TableCommit>(commits.at(0));
}

// "a before 7", in the order in which they go in.
std::vector<std::string> inserts(const NftChange& change) {
  std::vector<std::string> out;
  for (const auto& rule : change.new_rules)
    out.push_back(fmt::format("{} before {}", rule.rule.expressions, rule.before));
  return out;
}

std::vector<std::uint64_t> deletes(const NftChange& change) {
  std::vector<std::uint64_t> out;
  for (const auto& rule : change.gone_rules) out.push_back(rule.handle);
  return out;
}

TEST(NftChangeOf, ARuleComesBeforeTheOneThatShallFollowIt) {
  auto commit = commit_between(input({{"a"}, {"b"}}), input({{"x"}, {"a"}, {"y"}, {"b"}, {"z"}}));
  auto change = nft_change_of(commit, there({5, 7}), as_bytes);
  ASSERT_TRUE(change);
  EXPECT_THAT(inserts(*change), ElementsAre("x before 5", "y before 7", "z before 0"));
  EXPECT_THAT(deletes(*change), IsEmpty());
}

TEST(NftChangeOf, RunsKeepTheirOrderHoweverLongTheyAre) {
  std::vector<Rule> rules;
  for (int i = 0; i < 200; ++i) rules.push_back({fmt::format("r{}", i)});
  auto desired = rules;
  desired.push_back({"a"});
  auto change = nft_change_of(commit_between(input({{"a"}}), input(desired)), there({9}), as_bytes);
  ASSERT_TRUE(change);
  ASSERT_EQ(change->new_rules.size(), rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    EXPECT_EQ(change->new_rules[i].rule.expressions, rules[i].text);
    EXPECT_EQ(change->new_rules[i].before, 9U);
  }
}

TEST(NftChangeOf, AMovedRuleGoesByTheHandleOfWhereItStood) {
  auto commit = commit_between(input({{"a"}, {"b"}, {"c"}}), input({{"c"}, {"a"}, {"b"}}));
  auto change = nft_change_of(commit, there({5, 6, 7}), as_bytes);
  ASSERT_TRUE(change);
  EXPECT_THAT(inserts(*change), ElementsAre("c before 5"));
  EXPECT_THAT(deletes(*change), ElementsAre(7));
}

TEST(NftChangeOf, WhereTheChainHasAnotherNumberOfRulesThereIsNone) {
  auto commit = commit_between(input({{"a"}}), input({{"x"}, {"a"}}));
  EXPECT_TRUE(nft_change_of(commit, there({5}), as_bytes));
  EXPECT_FALSE(nft_change_of(commit, there({5, 6}), as_bytes));
  EXPECT_FALSE(nft_change_of(commit, there({}), as_bytes));
}

TEST(NftChangeOf, WhereARulesBytesAreNotKnownThereIsNone) {
  EXPECT_FALSE(nft_change_of(commit_between(input({}), input({{"-j UNKNOWN"}})), there({}), as_bytes));
}

TEST(NftChangeOf, ABuiltinChainThatNobodyUsedIsMadeAndAUserChainIsMissed) {
  auto commit = commit_between(input({}), input({{"x"}}));
  auto change = nft_change_of(commit, TableOfHandles(), as_bytes);
  ASSERT_TRUE(change);
  EXPECT_THAT(change->builtin_chains, ElementsAre("INPUT"));
  commit.lines[0].chain = "mine";
  commit.sizes = {{"mine", 0}};
  EXPECT_FALSE(nft_change_of(commit, TableOfHandles(), as_bytes));
}

// Random chains: what the change makes of the old one, carried out as the kernel would, is the desired one.
std::vector<std::string> carried_out(const NftChange& change, const std::vector<Rule>& live) {
  std::vector<std::pair<std::uint64_t, std::string>> chain;
  for (std::size_t i = 0; i < live.size(); ++i) chain.emplace_back(i + 1, live[i].text);
  for (const auto& rule : change.new_rules) {
    auto at = std::ranges::find(chain, rule.before, [](const auto& entry) { return entry.first; });
    if (rule.before == 0) at = chain.end();
    chain.insert(at, {1000, std::string(rule.rule.expressions)});
  }
  for (const auto& rule : change.gone_rules)
    std::erase_if(chain, [&](const auto& entry) { return entry.first == rule.handle; });
  std::vector<std::string> texts;
  for (auto& [handle, text] : chain) texts.push_back(std::move(text));
  return texts;
}

TEST(NftChangeOf, LeadsFromAnyChainToAnyOther) {
  std::mt19937 random(7);
  for (int n = 0; n < 2000; ++n) {
    auto some = [&] {
      std::vector<Rule> rules;
      for (auto size = random() % 9; size > 0; --size) rules.push_back({fmt::format("r{}", random() % 6)});
      return rules;
    };
    auto live = some();
    auto desired = some();
    if (live == desired) continue;
    std::vector<std::uint64_t> handles;
    for (std::size_t i = 0; i < live.size(); ++i) handles.push_back(i + 1);
    auto change = nft_change_of(commit_between(input(live), input(desired)), there(handles), as_bytes);
    ASSERT_TRUE(change);
    std::vector<std::string> wanted;
    for (const auto& rule : desired) wanted.push_back(rule.text);
    ASSERT_THAT(carried_out(*change, live), Eq(wanted));
  }
}

}  // namespace
}  // namespace pyfw
