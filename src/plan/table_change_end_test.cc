#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/table_change.h"

namespace pyfw {
namespace {

Table input(const std::vector<std::string>& texts) {
  Chain chain{.name = "INPUT", .policy = "ACCEPT"};
  for (const auto& text : texts) chain.rules.push_back(Rule{text});
  return {.name = "filter", .chains = {chain}};
}

constexpr const char* kForeign = "-j DOCKER-USER";

std::string restored(const std::vector<std::string>& live, const std::vector<std::string>& desired) {
  std::vector<bool> foreign;
  for (const auto& text : desired) foreign.push_back(text == kForeign);
  auto from = input(live);
  auto to = input(desired);
  ForeignFlags flags = {{{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"}, foreign}};
  MatchedTexts matched;
  std::set<ChainId> removed;
  auto commits = commits_of_table({.family = Family::kIpv4,
                                   .live = &from,
                                   .desired = to,
                                   .foreign = flags,
                                   .matched = matched,
                                   .removed = removed},
                                  Backend::kNft);
  return commits.size() == 1 ? restore_input(std::get<TableCommit>(commits[0])) : "not one commit";
}

TEST(CommitsOfTable, WhatStandsBehindForeignRulesIsPutAtTheEndWhereverThatIsByThen) {
  EXPECT_EQ(restored({kForeign}, {"-j A", kForeign, "-j B", "-j C"}),
            "*filter\n-I INPUT 1 -j A\n-A INPUT -j B\n-A INPUT -j C\nCOMMIT\n");
}

TEST(CommitsOfTable, WhatStandsBetweenHasAnIndex) {
  EXPECT_EQ(restored({kForeign, "-j C"}, {kForeign, "-j B", "-j C"}), "*filter\n-I INPUT 2 -j B\nCOMMIT\n");
  EXPECT_EQ(restored({kForeign, kForeign}, {kForeign, "-j B", kForeign}),
            "*filter\n-I INPUT 2 -j B\nCOMMIT\n");
}

TEST(CommitsOfTable, WhereNothingIsForeignTheHeadIsMeant) {
  EXPECT_EQ(restored({}, {"-j A", "-j B"}), "*filter\n-I INPUT 1 -j A\n-I INPUT 2 -j B\nCOMMIT\n");
}

}  // namespace
}  // namespace pyfw
