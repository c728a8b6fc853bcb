#include "nf/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ranges>

#include "nf/desired.h"

namespace pyfw {
namespace {

using testing::ElementsAre;

ChainId chain(Family family, const char* table, const char* name) {
  return {.family = family, .table = table, .chain = name};
}

TEST(ChainsOf, AllChainsComeInTheOrderOfTheirNames) {
  State state;
  ensure_chain(state.ip6tables, "raw", "PREROUTING");
  ensure_chain(state.iptables, "raw", "PREROUTING");
  ensure_chain(state.iptables, "filter", "b");
  ensure_chain(state.iptables, "filter", "a").rules = {{"-j b"}};
  auto chains = chains_of(state);
  EXPECT_THAT(std::vector<ChainId>(std::views::keys(chains).begin(), std::views::keys(chains).end()),
              ElementsAre(chain(Family::kIpv4, "filter", "FORWARD"), chain(Family::kIpv4, "filter", "INPUT"),
                          chain(Family::kIpv4, "filter", "OUTPUT"), chain(Family::kIpv4, "filter", "a"),
                          chain(Family::kIpv4, "filter", "b"), chain(Family::kIpv4, "raw", "OUTPUT"),
                          chain(Family::kIpv4, "raw", "PREROUTING"), chain(Family::kIpv6, "raw", "OUTPUT"),
                          chain(Family::kIpv6, "raw", "PREROUTING")));
  EXPECT_THAT(chains.at(chain(Family::kIpv4, "filter", "a"))->rules, ElementsAre(Rule{"-j b"}));
}

TEST(FindChain, IsNullWhereTheFamilyHasNoSuchTableOrChain) {
  State state;
  ensure_chain(state.iptables, "filter", "a");
  EXPECT_EQ(find_chain(state, chain(Family::kIpv4, "filter", "b")), nullptr);
  EXPECT_EQ(find_chain(state, chain(Family::kIpv4, "nat", "a")), nullptr);
  EXPECT_EQ(find_chain(state, chain(Family::kIpv6, "filter", "a")), nullptr);
  find_chain(state, chain(Family::kIpv4, "filter", "a"))->rules = {{"-j DROP"}};
  EXPECT_THAT(find_chain(std::as_const(state), chain(Family::kIpv4, "filter", "a"))->rules,
              ElementsAre(Rule{"-j DROP"}));
}

TEST(PutTable, TakesThePlaceOfTheOneOfItsNameOrComesLast) {
  Ruleset ruleset{.tables = {{.name = "filter"}, {.name = "nat"}}};
  Table filter{.name = "filter", .chains = {{.name = "MINE", .policy = {}, .rules = {{"-j DROP"}}}}};
  Table raw{.name = "raw"};
  put_table(ruleset, filter);
  put_table(ruleset, raw);
  EXPECT_EQ(ruleset, (Ruleset{.tables = {filter, {.name = "nat"}, raw}}));
}

TEST(Desired, RuleWithoutAFlagIsForeign) {
  auto known = chain(Family::kIpv4, "filter", "INPUT");
  Desired desired{.state = {}, .foreign = {{known, {false, true}}}};
  EXPECT_FALSE(desired.is_foreign(known, 0));
  EXPECT_TRUE(desired.is_foreign(known, 1));
  EXPECT_TRUE(desired.is_foreign(known, 2));
  EXPECT_TRUE(desired.is_foreign(chain(Family::kIpv4, "filter", "OUTPUT"), 0));
}

TEST(Desired, AMatchedRuleIsOfOthersThoughItMayBeMoved) {
  auto id = chain(Family::kIpv4, "filter", "INPUT");
  Desired desired{.state = {}, .foreign = {{id, {false, true, false}}}, .matched = {{id, {"-j A"}}}};
  Chain input{.name = "INPUT", .policy = {}, .rules = {{"-j A"}, {"-j B"}, {"-j C"}}};
  EXPECT_FALSE(desired.is_foreign(id, 0));
  EXPECT_TRUE(desired.is_of_others(id, input, 0));
  EXPECT_TRUE(desired.is_of_others(id, input, 1));
  EXPECT_FALSE(desired.is_of_others(id, input, 2));
  EXPECT_FALSE(desired.is_matched(chain(Family::kIpv4, "filter", "OUTPUT"), {"-j A"}));
}

}  // namespace
}  // namespace pyfw
