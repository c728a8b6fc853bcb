#include "adopt/strays.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "host/dockers_chains.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

using testing::Each;
using testing::HasSubstr;

bool is_stray(const char* chain, const char* rule, const char* table = "filter") {
  return is_surely_not_dockers({.family = Family::kIpv4, .table = table, .chain = chain}, Rule{rule});
}

// What was recorded of Docker 17.05 to 28, by tests and in the tutorial, where its reader puts one rule
// there.
TEST(Strays, OfAllRecordedRulesOfDockerNoneIsTakenForAnothers) {
  std::vector<std::string> strays;
  std::size_t count = 0;
  for (const char* folder : {"tests/golden", "tests/lab/recorded"})
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(PYFW_SOURCE_DIR) / folder)) {
      if (!entry.path().filename().string().ends_with("tables-save")) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      auto rules = parse_iptables_save(std::make_shared<Source>(
          Source{.name = entry.path().string(), .text = {std::istreambuf_iterator<char>(file), {}}}));
      if (!rules) continue;
      State state{.iptables = *rules, .ip6tables = {}, .sets = {}};
      for (const auto& [id, chain] : chains_of(state)) {
        if (!is_dockers_own(id)) continue;
        for (const auto& rule : chain->rules) {
          ++count;
          if (is_surely_not_dockers(id, rule)) strays.push_back(rule.text);
        }
      }
    }
  EXPECT_GT(count, 60U);
  EXPECT_FALSE(strays.empty());
  EXPECT_THAT(strays, Each(HasSubstr("-m set ! --match-set allowed_hosts src")));
}

TEST(Strays, RulesThatOnlySomeVersionsOfDockerWriteAreItsOwn) {
  EXPECT_FALSE(is_stray("DOCKER",
                        "-s 172.17.0.3/32 -d 172.17.0.2/32 -i docker0 -o docker0 -p tcp -m tcp "
                        "--dport 80 -j ACCEPT"));
  EXPECT_FALSE(is_stray("DOCKER", "-i br0 -o br0 -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT"));
  EXPECT_FALSE(is_stray("DOCKER-FORWARD", "-m mark --mark 0x1 -j ACCEPT"));
  EXPECT_FALSE(is_stray("DOCKER-FORWARD",
                        "-m set --match-set docker-ext-bridges-v4 dst -m conntrack --ctstate "
                        "RELATED,ESTABLISHED -j ACCEPT"));
  EXPECT_FALSE(
      is_stray("DOCKER-INGRESS", "-p tcp -m state --state RELATED,ESTABLISHED -m tcp --sport 80 -j ACCEPT"));
  EXPECT_FALSE(is_stray("DOCKER-INTERNAL", "! -s 172.20.0.0/16 -o br-internal -j DROP"));
  EXPECT_FALSE(is_stray("DOCKER", "-d 127.0.0.0/8 -i loopback0 -j RETURN", "nat"));
}

TEST(Strays, WhatDockerNeverWritesIsAnothers) {
  for (const char* rule :
       {"-o docker0 -m comment --comment office -j ACCEPT", "-o docker0 -j mine", "-o docker0 -j LOG",
        "-o docker0", "-o docker0 -m set --match-set banned src -j DROP",
        "-o docker0 -m conntrack --ctstate NEW -j DROP",
        "-o docker0 -p tcp -m multiport --dports 80,443 -j DROP", "-s 192.0.2.9/32 -j DROP",
        "-o docker0 -j REJECT --reject-with icmp-port-unreachable"})
    EXPECT_TRUE(is_stray("DOCKER", rule)) << rule;
}

}  // namespace
}  // namespace pyfw
