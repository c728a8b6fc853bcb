#include "cage/dockers_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cage/dockers_chains.h"

namespace pyfw {
namespace {

using testing::ElementsAre;

std::vector<Rule>& rules_of(State& state, const char* chain) {
  return ensure_chain(state.iptables, "filter", chain).rules;
}

TEST(DockersPart, OwnersRulesAndPoliciesAreNotInIt) {
  Facts facts;
  facts.interfaces = {{.name = "docker0", .addresses = {*Prefix::parse("172.17.0.1/16")}, .kind = "bridge"}};
  auto docker = dockers_chains(facts);
  auto live = docker;
  auto& forward = rules_of(live, "FORWARD");
  forward.insert(forward.begin(), Rule{"-s 192.0.2.1/32 -j DROP"});
  rules_of(live, "INPUT").emplace_back("-i lo -j ACCEPT");
  ensure_chain(live.iptables, "filter", "FORWARD").policy = "DROP";
  rules_of(live, "DOCKER-USER").insert(rules_of(live, "DOCKER-USER").begin(), Rule{"-i eth0 -j DROP"});
  rules_of(live, "OWN").emplace_back("-j DROP");
  EXPECT_EQ(dockers_part(live, facts, ""), docker);
}

TEST(DockersPart, WithoutDockerAScriptFindsItsChainsOnlyIfItSpeaksOfThem) {
  State live;
  rules_of(live, "INPUT").emplace_back("-i lo -j ACCEPT");
  EXPECT_EQ(dockers_part(live, {}, "iptables -A INPUT -j DROP"), State());
  EXPECT_EQ(dockers_part(live, {}, "iptables -I DOCKER-USER -j DROP"), dockers_chains({}));
}

}  // namespace
}  // namespace pyfw
