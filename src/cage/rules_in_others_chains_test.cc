#include "cage/rules_in_others_chains.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cage/dockers_chains.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RulesInOthersChains, WhatIsPutIntoDockersOwnIsTold) {
  auto start = dockers_chains({});
  auto left = start;
  auto& rules = ensure_chain(left.iptables, "filter", "DOCKER").rules;
  rules.insert(rules.begin(), Rule{"-s 192.0.2.0/24 -j DROP"});
  EXPECT_THAT(rules_in_others_chains(start, left),
              ElementsAre("iptables filter DOCKER: -s 192.0.2.0/24 -j DROP"));
  EXPECT_THAT(rules_in_others_chains(start, start), IsEmpty());
}

TEST(RulesInOthersChains, WhatIsPutIntoThoseThatAllShareIsWished) {
  auto start = dockers_chains({});
  auto left = start;
  ensure_chain(left.iptables, "filter", "DOCKER-USER")
      .rules.insert(ensure_chain(left.iptables, "filter", "DOCKER-USER").rules.begin(),
                    Rule{"-s 192.0.2.0/24 -j DROP"});
  ensure_chain(left.iptables, "filter", "INPUT").rules.push_back(Rule{"-i lo -j ACCEPT"});
  EXPECT_THAT(rules_in_others_chains(start, left), IsEmpty());
}

}  // namespace
}  // namespace pyfw
