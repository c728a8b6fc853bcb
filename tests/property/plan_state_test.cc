#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "plan/commands.h"
#include "tests/property/simulate.h"

namespace pyfw {
namespace {

Set random_set(const std::string& name, const std::string& type) {
  Set set{.name = name, .type = type, .header = "family inet"};
  std::set<std::string> seen;
  int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) {
    auto element = "10.0.0." + std::to_string(*rc::gen::inRange(1, 9));
    if (seen.insert(element).second)
      set.members.push_back(element + (*rc::gen::inRange(0, 3) == 0 ? " nomatch" : ""));
  }
  return set;
}

RC_GTEST_PROP(MakePlan, BringsSetsToTheirDesiredMembers, ()) {
  State live;
  Desired desired;
  for (const char* name : {"a", "b", "c"}) {
    const char* type = *rc::gen::inRange(0, 2) == 0 ? "hash:net" : "list:set";
    if (*rc::gen::inRange(0, 2) == 0) live.sets.push_back(random_set(name, type));
    if (find_set(live.sets, name) != nullptr || *rc::gen::inRange(0, 2) == 0)
      desired.state.sets.push_back(random_set(name, type));
  }
  auto now = live;
  auto groups = *commands_of(make_plan(live, desired));
  for (const auto& group : groups)
    for (const auto& command : group.commands) RC_ASSERT(simulate(now, command).has_value());
  for (const auto& wished : desired.state.sets) {
    const auto* set = find_set(now.sets, wished.name);
    RC_ASSERT(set != nullptr);
    if (wished.type == "list:set") {
      RC_ASSERT(set->members == wished.members);
    } else {
      std::set<std::string> have(set->members.begin(), set->members.end());
      std::set<std::string> want(wished.members.begin(), wished.members.end());
      RC_ASSERT(have == want);
    }
  }
}

TEST(MakePlan, TakesSetsThenChainsThenRulesThenPoliciesAndLastWhatIsOld) {
  State live;
  live.sets = {{.name = "s", .type = "hash:ip", .members = {"10.0.0.1"}}};
  auto& input = ensure_chain(live.iptables, "filter", "INPUT");
  input.rules = {Rule{"-s 10.0.0.9/32 -j ACCEPT"}};
  Desired desired{.state = live, .foreign = {}};
  desired.state.sets[0].members = {"10.0.0.2"};
  ensure_chain(desired.state.iptables, "filter", "office");
  auto& wished = ensure_chain(desired.state.iptables, "filter", "INPUT");
  wished.rules = {Rule{"-j office"}};
  wished.policy = "DROP";
  EXPECT_EQ(print_commands(*commands_of(make_plan(live, desired))),
            "ipset -exist add s 10.0.0.2\n"
            "iptables -w -t filter -N office\n"
            "iptables -w -t filter -I INPUT 1 -j office\n"
            "iptables -w -t filter -P INPUT DROP\n"
            "iptables -w -t filter -D INPUT -s 10.0.0.9/32 -j ACCEPT\n"
            "ipset -exist del s 10.0.0.1\n");
}

TEST(MakePlan, ANewRuleIsPrintedWithItsNumberAlsoInAnEmptyChain) {
  Desired desired;
  ensure_chain(desired.state.ip6tables, "raw", "PREROUTING").rules = {Rule{"-s 2001:db8::/32 -j DROP"}};
  EXPECT_EQ(print_commands(*commands_of(make_plan({}, desired))),
            "ip6tables -w -t raw -I PREROUTING 1 -s 2001:db8::/32 -j DROP\n");
}

TEST(MakePlan, ADropOfAnotherTableThatGuardsAnAcceptGoesInBeforeIt) {
  State live;
  ensure_chain(live.iptables, "filter", "INPUT").policy = "DROP";
  Desired desired{.state = live, .foreign = {}};
  ensure_chain(desired.state.iptables, "filter", "INPUT").rules = {Rule{"-j ACCEPT"}};
  ensure_chain(desired.state.iptables, "mangle", "PREROUTING").rules = {Rule{"-s 10.0.0.1/32 -j DROP"}};
  EXPECT_EQ(print_commands(*commands_of(make_plan(live, desired))),
            "iptables -w -t mangle -I PREROUTING 1 -s 10.0.0.1/32 -j DROP\n"
            "iptables -w -t filter -I INPUT 1 -j ACCEPT\n");
}

TEST(MakePlan, ATranslationGoesInAfterTheRulesThatGuardWhereItLeads) {
  Desired desired;
  ensure_chain(desired.state.iptables, "nat", "PREROUTING").rules = {
      Rule{"-p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80"}};
  ensure_chain(desired.state.iptables, "filter", "FORWARD").rules = {Rule{"! -s 10.0.0.0/8 -j DROP"}};
  ensure_chain(desired.state.iptables, "mangle", "PREROUTING").rules = {
      Rule{"-j MARK --set-xmark 0x1/0xffffffff"}};
  EXPECT_EQ(
      print_commands(*commands_of(make_plan({}, desired))),
      "iptables -w -t filter -I FORWARD 1 ! -s 10.0.0.0/8 -j DROP\n"
      "iptables -w -t mangle -I PREROUTING 1 -j MARK --set-xmark 0x1/0xffffffff\n"
      "iptables -w -t nat -I PREROUTING 1 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80\n");
}

TEST(MakePlan, TheOwnersWayInIsThereBeforeTheDoorShuts) {
  State live;
  Desired desired;
  ensure_chain(desired.state.iptables, "filter", "ways_in").rules = {
      Rule{"-p tcp -m tcp --dport 22 -j ACCEPT"}};
  ensure_chain(desired.state.iptables, "filter", "INPUT").rules = {Rule{"-j ways_in"}, Rule{"-j DROP"}};
  EXPECT_EQ(print_commands(*commands_of(make_plan(live, desired))),
            "iptables -w -t filter -N ways_in\n"
            "iptables -w -t filter -I INPUT 1 -j ways_in\n"
            "iptables -w -t filter -I ways_in 1 -p tcp -m tcp --dport 22 -j ACCEPT\n"
            "iptables -w -t filter -I INPUT 2 -j DROP\n");
}

}  // namespace
}  // namespace pyfw
