#include "cage/lost_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cage/dockers_chains.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ChainId in_filter(const char* chain) { return {.family = Family::kIpv4, .table = "filter", .chain = chain}; }

TEST(LostRules, RulesThatOnlyMovedAreThere) {
  auto start = dockers_chains({});
  auto left = start;
  ensure_chain(left.iptables, "filter", "FORWARD")
      .rules.insert(ensure_chain(left.iptables, "filter", "FORWARD").rules.begin(), Rule{"-i lo -j ACCEPT"});
  EXPECT_THAT(lost_rules(start, left), IsEmpty());
}

TEST(LostRules, FlushedChainsAndThoseThatAreGoneAreNamed) {
  auto start = dockers_chains({});
  State left;
  left.iptables = start.iptables;
  ensure_chain(left.iptables, "filter", "FORWARD").rules.clear();
  std::erase_if(left.iptables.tables[0].chains,
                [](const Chain& chain) { return chain.name == "DOCKER-USER"; });
  EXPECT_THAT(lost_rules(start, left),
              ElementsAre(LostRules{.chain = in_filter("DOCKER-USER"), .is_gone = true, .rules = 1},
                          LostRules{.chain = in_filter("FORWARD"), .rules = 6}));
}

TEST(LostRules, OneOfTwoThatAreAlikeIsMissed) {
  State start;
  ensure_chain(start.iptables, "filter", "INPUT").rules = {Rule{"-j ACCEPT"}, Rule{"-j ACCEPT"}};
  State left;
  ensure_chain(left.iptables, "filter", "INPUT").rules = {Rule{"-j ACCEPT"}};
  EXPECT_THAT(lost_rules(start, left), ElementsAre(LostRules{.chain = in_filter("INPUT"), .rules = 1}));
}

}  // namespace
}  // namespace pyfw
