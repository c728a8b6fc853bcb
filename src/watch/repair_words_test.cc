#include "watch/repair_words.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

Rule named(const std::string& name) { return Rule{"-m comment --comment " + name + " -j DROP"}; }

Desired desired(const std::vector<Rule>& rules, std::vector<bool> foreign) {
  Desired desired;
  ensure_chain(desired.state.iptables, "filter", "FORWARD").rules = rules;
  desired.foreign.emplace(ChainId{.family = Family::kIpv4, .table = "filter", .chain = "FORWARD"},
                          std::move(foreign));
  return desired;
}

State live(const std::vector<Rule>& rules) { return desired(rules, {}).state; }

std::string words(const std::vector<Rule>& before, const std::vector<Rule>& after,
                  std::vector<bool> foreign) {
  return repair_words(find_way(live(before), desired(after, std::move(foreign)), Backend::kNft));
}

TEST(RepairWords, TellAMovedRuleFromOneThatHadGone) {
  Rule theirs{"-j DOCKER-USER"};
  EXPECT_EQ(words({theirs, named("ours")}, {named("ours"), theirs}, {false, true}),
            "iptables filter: ours moved in FORWARD");
  EXPECT_EQ(words({theirs}, {named("ours"), theirs}, {false, true}),
            "iptables filter: ours put back in FORWARD");
  EXPECT_EQ(words({Rule{"-j LOG"}, theirs}, {theirs}, {true}),
            "iptables filter: '-j LOG' taken out of FORWARD");
}

TEST(RepairWords, ARuleOfTheSameNameWithAnotherTextHasChanged) {
  Rule old{"-s 172.17.0.2/32 -m comment --comment web -j DROP"};
  Rule now{"-s 172.17.0.3/32 -m comment --comment web -j DROP"};
  EXPECT_EQ(words({old}, {now}, {false}), "iptables filter: web changed in FORWARD");
}

TEST(RepairWords, NameNoMoreThanThreeAndCountTheRest) {
  std::vector<Rule> rules;
  for (char c = 'a'; c <= 'g'; ++c) rules.push_back(named(std::string(1, c)));
  EXPECT_EQ(
      words({}, rules, std::vector<bool>(7)),
      "iptables filter: a put back in FORWARD, b put back in FORWARD, c put back in FORWARD and 4 more");
}

TEST(RepairWords, OfSetsAreTheirNames) {
  State before;
  before.sets.push_back(
      {.name = "hosts", .type = "hash:ip", .header = "family inet", .members = {"10.0.0.1"}});
  Desired after{.state = before, .foreign = {}};
  after.state.sets[0].members = {"10.0.0.1", "10.0.0.2"};
  EXPECT_EQ(repair_words(find_way(before, after, Backend::kNft)), "sets: hosts");
  EXPECT_EQ(repair_words(Way()), "");
}

TEST(RepairWords, ASetThatWasBuiltAsideIsTheOneWhosePlaceItTakes) {
  Way way;
  way.commits = {SetCommit{.lines = {"create _pyfw_temp_1 hash:ip", "add _pyfw_temp_1 10.0.0.1"}},
                 SetCommit{.lines = {"swap _pyfw_temp_1 allowed", "destroy _pyfw_temp_1"}}};
  EXPECT_EQ(repair_words(way), "sets: allowed");
}

}  // namespace
}  // namespace pyfw
