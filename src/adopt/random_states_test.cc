// The promise of an import, held for random states: rules of owners and of programs in any order, copies, odd
// texts, left-overs, and sets of all kinds.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "adopt/chain_layout.h"
#include "adopt/promise_for_tests.h"

namespace pyfw {
namespace {

const std::vector<std::string> kTexts = {
    "-j ACCEPT",
    "-j DROP",
    "-j RETURN",
    "-i lo -j ACCEPT",
    "-i eth0 -p tcp -m tcp --dport 22 -j ACCEPT",
    "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    "-m state --state INVALID -j DROP",
    "-j mine",
    "-g mine",
    "-j DOCKER-USER",
    "-j DOCKER-ISOLATION-STAGE-1",
    "-o docker0 -j DOCKER",
    "-i docker0 ! -o docker0 -j ACCEPT",
    "-i docker0 ! -o docker0 -m comment --comment \"docker out\" -j ACCEPT",
    "-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
    "-s 172.18.0.0/16 ! -o br-0123456789ab -j MASQUERADE",
    "-s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE",
    "-s 172.17.0.3/32 -d 172.17.0.3/32 -p tcp -m tcp --dport 80 -j MASQUERADE",
    "-p tcp -m multiport --dports 22 -j f2b-sshd",
    "-p tcp -m set --match-set f2b-sshd src -j REJECT --reject-with icmp-port-unreachable",
    "-m comment --comment \"kubernetes forwarding rules\" -j KUBE-FORWARD",
    "-m comment --comment \"cali:6gwbT8clXdHdC1b1\" -j cali-INPUT",
    "-m set --match-set office src -j ACCEPT",
    "-m set --match-set office6 src -j ACCEPT",
    "-m set --match-set nowhere src -j ACCEPT",
    "-m set --match-set _pyfw_temp_a src -j ACCEPT",
    "-j SET --add-set seen src",
    "-m recent --set --name ssh --mask 255.255.255.255 --rsource",
    "",
    "-p tcp",
    "-m comment --comment office -j ACCEPT",
    "-i eth1 -m comment --comment office -j ACCEPT",
    "-m comment --comment allow -j DROP",
    "-m comment --comment drop_2 -j ACCEPT",
    "-m comment --comment \"_pyfw_temp_office\" -j ACCEPT",
    R"(-m comment --comment "it\'s \"so\" \\: # yes" -j ACCEPT)",
    "-m comment --comment \"gr\xC3\xBC\xC3\x9F\x65\" -j ACCEPT",
    "-m comment --comment \"\xFF\xFE\" -j ACCEPT",
    "-m comment --comment \"\xFE\xFF\" -j ACCEPT",
    "-m comment --comment \"two\nlines\" -j ACCEPT",
    "-m comment --comment \"\t\" -j ACCEPT",
    "-m comment --comment \"~match\" -j ACCEPT",
    "-m comment --comment \"${dollar}\" -j ACCEPT",
    "-m comment --comment \"\" -j ACCEPT",
    "-m comment --comment null -j ACCEPT",
    "-m comment --comment a -m comment --comment b -j ACCEPT",
    "-m comment --comment b -j ACCEPT",
    "-j ACCEPT -m comment --comment behind",
    "-m comment --comment before -m tcp --dport 1 -j ACCEPT",
    "-j LOG --log-prefix \"a: 'b' \"",
    "-j LOG --log-prefix \"--comment x\"",
    "-m string --string \"-j DROP\" --algo bm --to 65535 -j ACCEPT",
    "-m owner --uid-owner it's -j ACCEPT",
    "-m u32 --u32 \"0x0>>0x1c=0x4\" -j ACCEPT",
    "-j NOSUCHTARGET",
    "-j MARK --set-xmark 0x1/0xffffffff",
    "-s 10.0.0.0/8 -j MASQUERADE",
    "-s 2001:db8::/32 -j ACCEPT",
};

const std::vector<std::string> kChains = {
    "INPUT", "FORWARD",  "OUTPUT",       "POSTROUTING", "DOCKER-USER", "DOCKER", "mine",
    "other", "f2b-sshd", "KUBE-FORWARD", "cali-INPUT",  "odd\"name'",  "input",  "DOCKER-ISOLATION-STAGE-1"};

const std::vector<Set> kSets = {
    {.name = "office",
     .type = "hash:net",
     .header = "family inet hashsize 1024 maxelem 65536 comment",
     .members = {"10.0.0.0/8 comment \"a b\"", "10.1.0.0/16 nomatch"}},
    {.name = "office6",
     .type = "hash:ip",
     .header = "family inet6 hashsize 64 maxelem 10",
     .members = {"2001:db8::1"}},
    {.name = "seen",
     .type = "hash:ip",
     .header = "family inet hashsize 1024 maxelem 65536 timeout 60",
     .members = {"10.0.0.1 timeout 5", "10.0.0.2 timeout 0"}},
    {.name = "f2b-sshd",
     .type = "hash:ip",
     .header = "family inet hashsize 1024 maxelem 65536",
     .members = {"10.9.9.9"}},
    {.name = "all", .type = "list:set", .header = "size 8", .members = {"office", "f2b-sshd", "seen"}},
    {.name = "ports",
     .type = "bitmap:port",
     .header = "range 0-1024 counters",
     .members = {"80 packets 1 bytes 2"}},
    {.name = "pairs",
     .type = "hash:ip,port",
     .header = "family inet hashsize 1024 maxelem 65536 netmask 24 bucketsize 12",
     .members = {"10.2.3.0,tcp:1"}},
    {.name = "odd'name",
     .type = "hash:mac",
     .header = "hashsize 1024 maxelem 65536 skbinfo",
     .members = {"02:00:00:00:00:01 skbmark 0x1/0x2"}},
    {.name = "unknown", .type = "hash:new", .header = "", .members = {"x"}},
    {.name = "_pyfw_temp_a", .type = "hash:ip", .header = "family inet hashsize 1024 maxelem 65536"},
};

int below(int end) { return *rc::gen::inRange(0, end); }

Ruleset random_rules() {
  Ruleset ruleset;
  for (const char* table : {"filter", "nat"}) {
    if (below(3) == 0) continue;
    for (const auto& name : kChains) {
      if (below(2) == 0 || (is_builtin_name(name) && !is_builtin(table, name))) continue;
      auto& chain = ensure_chain(ruleset, table, name);
      if (chain.policy && below(3) == 0) chain.policy = "DROP";
      // Few texts, so that copies stand in all places.
      std::vector<std::string> pool;
      for (int i = 0, count = 1 + below(6); i < count; ++i)
        pool.push_back(kTexts[static_cast<std::size_t>(below(static_cast<int>(kTexts.size())))]);
      for (int i = 0, count = below(12); i < count; ++i)
        chain.rules.push_back(Rule{pool[static_cast<std::size_t>(below(static_cast<int>(pool.size())))]});
    }
  }
  return ruleset;
}

RC_GTEST_PROP(AdoptRandom, PlanningItChangesNothingButNames, ()) {
  State state{.iptables = random_rules(), .ip6tables = random_rules(), .sets = {}};
  if (below(3) == 0) state.ip6tables = state.iptables;
  for (const auto& set : kSets)
    if (below(3) != 0) state.sets.push_back(set);
  expect_promise_kept(state);
  RC_ASSERT(!testing::Test::HasFailure());
}

RC_GTEST_PROP(AdoptRandom, ContainersThatStartAreNoDriftUnlessTheFileSaysSo, ()) {
  static const std::vector<std::string> kPool = {
      "-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
      "-s 172.18.0.0/16 ! -o br-0123456789ab -j MASQUERADE",
      "-s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE",
      "-s 10.8.0.0/24 -o eth0 -j MASQUERADE",
      "-s 10.9.0.0/24 -o eth0 -j SNAT --to-source 192.0.2.1",
      "-o eth1 -m comment --comment uplink -j MASQUERADE"};
  State state;
  ensure_chain(state.iptables, "nat", "DOCKER");
  auto& rules = ensure_chain(state.iptables, "nat", "POSTROUTING").rules;
  for (int i = 0, count = below(6); i < count; ++i)
    rules.emplace_back(kPool[static_cast<std::size_t>(below(static_cast<int>(kPool.size())))]);
  auto adopted = adopt(state, {}, {.naming = Naming::kKeepText});
  if (adopted.text.contains("appends more")) return;
  rules.emplace_back("-s 172.17.0.9/32 -d 172.17.0.9/32 -p udp -m udp --dport 53 -j MASQUERADE");
  auto desired = desired_of(adopted, state, {});
  RC_ASSERT(desired.has_value());
  RC_ASSERT(make_plan(state, *desired).empty());
}

RC_GTEST_PROP(LayOut, WishedRulesKeepTheirPlacesAmongTheOthers, ()) {
  std::vector<Rule> texts;
  for (int i = 0; i < 6; ++i) texts.push_back(Rule{"-j F" + std::to_string(i)});
  for (int i = 0; i < 6; ++i) texts.push_back(Rule{"-j W" + std::to_string(i)});
  std::vector<PlacedRule> rules;
  for (int i = 0, count = below(20); i < count; ++i) {
    auto which = static_cast<std::size_t>(below(12));
    bool is_wished = which >= 6;
    rules.push_back({.rule = &texts[which],
                     .is_wished = is_wished,
                     .pattern = !is_wished && which % 2 == 0 ? "-j F[024]" : ""});
  }
  auto new_rules = below(2) == 0 ? NewRules::kAtEnd : NewRules::kAnywhere;
  auto layout = lay_out(rules, new_rules);
  std::size_t next = 0;
  std::size_t rests = 0;
  for (const auto& entry : layout.entries) {
    if (entry.kind == LayoutEntry::Kind::kRule) {
      RC_ASSERT(entry.rule == next++);
      continue;
    }
    if (entry.kind != LayoutEntry::Kind::kMatch) ++rests;
    for (auto i : entry.stand_for) RC_ASSERT(i == next++);
  }
  RC_ASSERT(next == rules.size());
  RC_ASSERT(rests <= 1U);
}

}  // namespace
}  // namespace pyfw
