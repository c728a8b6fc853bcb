#include "host/state_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "host/facts_for_tests.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

using testing::HasSubstr;

Result<HostState> read(std::string text) {
  return parse_state_yaml(std::make_shared<Source>(Source{.name = "state.yaml", .text = std::move(text)}));
}

HostState host() {
  HostState host;
  auto& input = ensure_chain(host.state.iptables, "filter", "INPUT");
  input.policy = "DROP";
  input.rules = {{"-m comment --comment \"a: b #c\" -j ACCEPT"},
                 {""},
                 {"! -i eth0 -j DROP"},
                 {"-j LOG --log-prefix \"'x' \""}};
  ensure_chain(host.state.iptables, "filter", "a.chain").rules = {{"-m comment --comment grüße -j DROP"}};
  ensure_chain(host.state.ip6tables, "raw", "yes");
  host.state.sets = {
      {.name = "a", .type = "list:set", .header = "size 8", .members = {"c", "b"}},
      {.name = "b", .type = "hash:ip", .header = "", .members = {"10.0.0.1 comment \"x: y\"", "10.0.0.2"}}};
  host.facts.interfaces = {
      {.name = "eth0", .is_up = true, .bridge = "br0", .addresses = {*Prefix::parse("192.0.2.1/24")}},
      {.name = "lo", .is_up = false, .bridge = {}, .addresses = {}}};
  host.facts.routes = {{.destination = *Prefix::parse("0.0.0.0/0"),
                        .gateway = Ip::parse("192.0.2.254"),
                        .interface = "eth0",
                        .metric = 100},
                       {.destination = *Prefix::parse("2001:db8::/32"), .gateway = {}, .interface = "lo"}};
  return host;
}

TEST(StateDocument, AStateAndItsFactsSurviveIt) {
  auto back = read(write_state_yaml(host()));
  ASSERT_TRUE(back) << render(back.error());
  EXPECT_EQ(back->state, host().state);
  EXPECT_EQ(back->facts, host().facts);
}

TEST(StateDocument, AllThatIsKnownOfAHostSurvivesIt) {
  auto all = host();
  all.facts = facts_for_tests();
  all.backend = Backend::kLegacy;
  ensure_chain(all.other.emplace().ip6tables, "filter", "FORWARD").policy = "DROP";
  auto back = read(write_state_yaml(all));
  ASSERT_TRUE(back) << render(back.error());
  EXPECT_EQ(*back, all);
  EXPECT_EQ(write_state_yaml(*back), write_state_yaml(all));
}

TEST(StateDocument, WhatNobodyHasLookedAtIsNotInIt) {
  auto yaml = write_state_yaml(host());
  for (const char* key :
       {"backend", "rules:\n    - family", "settings", "listeners", "docker", "table: ", "kind"})
    EXPECT_THAT(yaml, testing::Not(HasSubstr(key)));
}

TEST(StateDocument, ShowsTablesAndChainsInTheOrderOfPacketsAndNames) {
  auto yaml = write_state_yaml(host());
  EXPECT_THAT(yaml, HasSubstr("pyfw_state:\n  iptables:\n    filter:\n      INPUT:\n        default_action: "
                              "DROP\n        rules:\n"));
  EXPECT_LT(yaml.find("      FORWARD:"), yaml.find("      OUTPUT:"));
  EXPECT_LT(yaml.find("      OUTPUT:"), yaml.find("      a.chain:\n        default_action: '-'"));
}

// As a file that was written by hand may leave it.
TEST(StateDocument, OfABuiltinChainWhosePolicyNobodyToldNoneIsShown) {
  HostState host;
  ensure_chain(host.state.iptables, "filter", "INPUT");
  for (auto& chain : host.state.iptables.tables[0].chains) chain.policy.reset();
  auto yaml = write_state_yaml(host);
  EXPECT_THAT(yaml, testing::Not(HasSubstr("default_action")));
  EXPECT_THAT(write_state_json(host), testing::Not(HasSubstr("default_action")));
  auto back = read(yaml);
  ASSERT_TRUE(back);
  EXPECT_EQ(find_chain(back->state.iptables, "filter", "INPUT")->policy, std::nullopt);
}

TEST(StateDocument, EqualStatesPrintTheSame) {
  auto other = host();
  std::ranges::reverse(other.state.sets);
  std::ranges::reverse(other.state.sets[0].members);  // of a hash
  std::ranges::reverse(other.state.iptables.tables[0].chains);
  EXPECT_EQ(write_state_yaml(other), write_state_yaml(host()));
  std::ranges::reverse(other.state.sets[1].members);  // of a list, whose order means something
  EXPECT_NE(write_state_yaml(other), write_state_yaml(host()));
}

TEST(StateDocument, EitherNameOfTheTopIsTaken) {
  EXPECT_TRUE(read("pyfw_state: {}\n"));
  EXPECT_TRUE(read("state: {}\n"));
  EXPECT_FALSE(read("{}\n"));
  EXPECT_FALSE(read(""));
}

TEST(StateDocument, WhatNoSaveCouldPrintIsRefusedAtItsPlace) {
  for (const char* text :
       {"state: []",
        "stat: {}",
        "state: { iptable: {} }",
        "state: { iptables: [] }",
        "state: { iptables: { 'a b': {} } }",
        "state: { iptables: { filter: { '': {} } } }",
        "state: { iptables: { filter: { 'a b': {} } } }",
        "state: { iptables: { filter: { a: { rule: [] } } } }",
        "state: { iptables: { filter: { a: { rules: x } } } }",
        "state: { iptables: { filter: { a: { rules: [ [] ] } } } }",
        "state: { iptables: { filter: { a: { rules: [ \"a\\nb\" ] } } } }",
        "state: { iptables: { filter: { a: { default_action: A B } } } }",
        "state: { ipsets: { s: {} } }",
        "state: { ipsets: { s: { type: hash ip } } }",
        "state: { ipsets: { 's t': { type: hash:ip } } }",
        "state: { ipsets: { s: { type: hash:ip, members: [ '' ] } } }",
        "state: { facts: { interfaces: [ { name: x, addresses: [ y ] } ] } }",
        "state: { backend: x }",
        "state: { other_backend: [] }",
        "state: { other_backend: { filter: {} } }",
        "state: { other_backend: { iptables: { filter: { a: { rule: [] } } } } }",
        "state: { facts: [] }",
        "state: { facts: { interface: [] } }",
        "state: { facts: { interfaces: {} } }",
        "state: { facts: { interfaces: [ {} ] } }",
        "state: { facts: { interfaces: [ { name: x, mac: y } ] } }",
        "state: { facts: { interfaces: [ { name: x, state: y } ] } }",
        "state: { facts: { interfaces: [ { name: x, index: -1 } ] } }",
        "state: { facts: { routes: [ { to: 0.0.0.0/0, type: x } ] } }",
        "state: { facts: { routes: [ { to: 0.0.0.0/0, table: 4294967296 } ] } }",
        "state: { facts: { rules: [ { family: ipv5, priority: 1 } ] } }",
        "state: { facts: { rules: [ { family: ipv4, priority: 1, mark: 1 } ] } }",
        "state: { facts: { settings: { ip_forward: 1 } } }",
        "state: { facts: { settings: { interfaces: { all: { rp_filter: x } } } } }",
        "state: { facts: { listeners: [ { address: 0.0.0.0, port: 65536 } ] } }",
        "state: { facts: { docker: { containers: [ { name: x, addresses: [ { network: y } ] } ] } } }",
        "state: { facts: { routes: [ { to: x } ] } }",
        "state: { facts: { routes: [ { to: 0.0.0.0/0, metric: x } ] } }"}) {
    auto state = read(text);
    ASSERT_FALSE(state) << text;
    EXPECT_EQ(state.error().kind, ErrorKind::kBadInput) << text;
    EXPECT_TRUE(state.error().place) << text;
  }
}

TEST(StateDocument, AMisspeltFactIsToldBeforeWhatItLeavesOut) {
  auto state = read("state:\n  facts:\n    listeners:\n    - adress: 0.0.0.0\n      port: 22\n");
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().message, "unknown key 'adress'");
  EXPECT_EQ(state.error().hint, "did you mean 'address'?");
  EXPECT_EQ(state.error().place->line, 4);
}

TEST(StateDocument, AsJsonItSaysTheSameAsAsYaml) {
  auto all = host();
  all.facts = facts_for_tests();
  all.backend = Backend::kNft;
  ensure_chain(all.other.emplace().iptables, "filter", "INPUT").rules = {{"-j DROP"}};
  // YAML takes JSON for its own.
  auto back = read(write_state_json(all));
  ASSERT_TRUE(back) << render(back.error());
  EXPECT_EQ(back->facts, all.facts);
  EXPECT_EQ(back->other, all.other);
  EXPECT_EQ(back->backend, all.backend);
}

TEST(StateDocument, AsJsonBytesThatAreNoTextDontStopIt) {
  auto odd = host();
  odd.state.iptables.tables[0].chains[0].rules = {{"-m comment --comment \"\xff\" -j ACCEPT"}};
  EXPECT_THAT(write_state_json(odd), HasSubstr("\"default_action\": \"DROP\""));
  EXPECT_TRUE(read(write_state_yaml(odd)));
}

TEST(StateDocument, AsSavedTextsItCanBeRestored) {
  auto text = write_state_save(host());
  EXPECT_THAT(text, HasSubstr("*filter\n:INPUT DROP [0:0]\n"));
  EXPECT_THAT(text, HasSubstr("create b hash:ip\nadd b 10.0.0.1 comment \"x: y\"\n"));
}

RC_GTEST_PROP(StateDocument, AnyTextOfARuleSurvivesIt, ()) {
  HostState any;
  auto text = *rc::gen::container<std::string>(
      rc::gen::element('a', ' ', '"', '\'', '\\', ':', '#', '-', '!', '~', '[', '{', '|', '>', '0'));
  ensure_chain(any.state.iptables, "filter", "INPUT").rules = {{text}};
  RC_ASSERT(read(write_state_yaml(any))->state == any.state);
}

}  // namespace
}  // namespace pyfw
