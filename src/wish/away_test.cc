#include "wish/away.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

DockerNetwork network(const char* name, std::vector<Prefix> subnets) {
  return {.name = name, .bridge = std::string("br-") + name, .subnets = std::move(subnets)};
}

Container container(const char* name, std::vector<const char*> addresses, std::int64_t pid = 7) {
  Container container{.name = name, .pid = pid};
  for (const auto* ip : addresses) container.addresses.push_back({.network = "bridge", .ip = *Ip::parse(ip)});
  return container;
}

Docker docker() {
  Docker docker;
  docker.networks = {network("shop", {*Prefix::parse("172.18.0.0/16"), *Prefix::parse("fd18::/64")}),
                     network("two", {*Prefix::parse("172.19.0.0/16"), *Prefix::parse("172.20.0.0/16")})};
  docker.containers = {container("web", {"172.17.0.2", "fd00::2"}),
                       container("many", {"172.17.0.3", "172.18.0.3"}), container("off", {}, 0),
                       container("gone", {}, 0)};
  return docker;
}

LastValues last() {
  LastValues last;
  for (const auto* name : {"off", "many"})
    last[{.name = std::string("container:") + name, .family = Family::kIpv4}] = {"172.17.0.66"};
  last[{.name = "container:off", .family = Family::kIpv6}] = {"fd00::66"};
  for (auto family : kFamilies) last[{.name = "network:shop:bridge", .family = family}] = {"br-shop"};
  last[{.name = "network:shop", .family = Family::kIpv4}] = {"172.18.0.0/16"};
  last[{.name = "network:away", .family = Family::kIpv4}] = {"172.30.0.0/16"};
  return last;
}

class Rules : public testing::Test {
 protected:
  Facts facts_;
  HostKnowledge known_{.facts = facts_, .docker = docker(), .last = last()};

  [[nodiscard]] Result<WrittenRules> written(const std::string& rule, const char* key) const {
    auto wishes = wishes_from(
        {fmt::format("pyfw_wishes:\n {}:\n  filter:\n   INPUT:\n    rules:\n    - \"{}\"\n", key, rule)});
    if (!wishes) return std::unexpected(wishes.error());
    return write_rules(*wishes, known_);
  }

  // The text of the one rule, or "left out: WHY", or its error; then the warnings.
  [[nodiscard]] std::string rule(const std::string& text, Family family = Family::kIpv4) {
    auto rules = written(text, family == Family::kIpv4 ? "iptables" : "ip6tables");
    if (!rules) return told(rules);
    const auto& one = rules->begin()->second[0];
    warnings_.clear();
    for (const auto& warning : warnings_of(*rules)) {
      EXPECT_TRUE(warning.place && warning.place->line == 6);
      warnings_.push_back(fmt::format("{}: {}", warning.place->column, warning.message));
    }
    EXPECT_EQ(one.left_out.empty(), !one.spelled.empty());
    return one.left_out.empty() ? one.rule.text : "left out: " + one.left_out;
  }
  std::string rule6(const std::string& text) { return rule(text, Family::kIpv6); }

  std::vector<std::string> warnings_;
};

TEST_F(Rules, LiveValuesStandWhereTheirVariablesDo) {
  EXPECT_EQ(rule("-s ${container:web} -d ${network:shop} -o ${network:shop:bridge} -j ACCEPT"),
            "-s 172.17.0.2/32 -d 172.18.0.0/16 -o br-shop -j ACCEPT");
  EXPECT_EQ(rule6("! -s ${container:web} -d ${network:shop} -o ${network:shop:bridge} -j ACCEPT"),
            "! -s fd00::2/128 -d fd18::/64 -o br-shop -j ACCEPT");
  EXPECT_EQ(rule("-p tcp -j DNAT --to-destination ${container:web}:80"),
            "-p tcp -j DNAT --to-destination 172.17.0.2:80");
  EXPECT_EQ(rule6("-p tcp -j DNAT --to-destination [${container:web}]:80"),
            "-p tcp -j DNAT --to-destination [fd00::2]:80");
  EXPECT_EQ(rule("-m conntrack --ctorigdst ${container:web} -j DROP"),
            "-m conntrack --ctorigdst 172.17.0.2 -j DROP");
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(Rules, ASingleAddressNeedsNobodyToSpellIt) {
  auto rules = written("-s ${container:web} -j ACCEPT", "ip46tables");
  ASSERT_TRUE(rules);
  for (const auto& [id, one] : *rules) EXPECT_TRUE(one[0].is_spelled) << one[0].rule.text;
}

TEST_F(Rules, SeveralValuesStandWithCommasWhereIptablesTakesThem) {
  EXPECT_EQ(rule("-s ${container:many} -d ${network:two} -j ACCEPT"),
            "-s 172.17.0.3/32,172.18.0.3/32 -d 172.19.0.0/16,172.20.0.0/16 -j ACCEPT");
  EXPECT_EQ(rule("--source ${network:two} -j ACCEPT"), "-s 172.19.0.0/16,172.20.0.0/16 -j ACCEPT");
}

TEST_F(Rules, SeveralValuesWhereTheKernelTakesOneAreAnErrorThatCounts) {
  EXPECT_EQ(rule("! -s ${container:many} -j DROP"),
            "a.yaml:6:13: container 'many' has 2 addresses, and '! -s' takes one | "
            "let a rule '-s ${container:many} -j RETURN' go before, and leave this match out");
  EXPECT_EQ(rule("! -d ${network:two} -j DROP"),
            "a.yaml:6:13: network 'two' has 2 subnets, and '! -d' takes one | "
            "let a rule '-d ${network:two} -j RETURN' go before, and leave this match out");
  EXPECT_EQ(rule("-p tcp -j DNAT --to-destination ${container:many}:80"),
            "a.yaml:6:40: container 'many' has 2 addresses, and here is place for one | "
            "write the one that is meant, as a number (172.17.0.3, 172.18.0.3)");
  EXPECT_THAT(rule("-p tcp -j DNAT --to-destination ${container:many}"), StartsWith("a.yaml:6:40: "));
  EXPECT_THAT(rule("--source=${container:many} -j DROP"), StartsWith("a.yaml:6:17: container 'many' has 2"));
  EXPECT_THAT(rule("-s ${container:many}/32 -j DROP"), HasSubstr("here is place for one"));
  EXPECT_THAT(rule("-m conntrack --ctorigdst ${network:two} -j DROP"), HasSubstr("here is place for one"));
}

TEST_F(Rules, ThatDropStayWithWhatWasKnownLast) {
  EXPECT_EQ(rule("-s ${container:off} -j DROP"), "-s 172.17.0.66/32 -j DROP");
  EXPECT_THAT(warnings_,
              ElementsAre("11: container 'off' is away: until it is back, the last known value stands in: "
                          "172.17.0.66"));
  EXPECT_EQ(rule6("! -s ${container:off} -j REJECT"), "! -s fd00::66/128 -j REJECT");
  EXPECT_EQ(rule("-s ${network:away} -j DROP"), "-s 172.30.0.0/16 -j DROP");
  known_.docker.reset();
  EXPECT_EQ(rule("-s ${container:off} -j DROP"), "-s 172.17.0.66/32 -j DROP");
  EXPECT_THAT(warnings_,
              ElementsAre("11: Docker does not tell of container 'off': until it does, the last known "
                          "value stands in: 172.17.0.66"));
}

TEST_F(Rules, OfAllOthersNoneStaysWhileSomethingIsAway) {
  for (const auto* target :
       {"ACCEPT", "RETURN", "LOG", "MARK --set-mark 1", "DNAT --to-destination 10.0.0.1", "user"})
    for (const auto* negation : {"", "! "}) {
      EXPECT_EQ(rule(fmt::format("{}-s ${{container:off}} -j {}", negation, target)),
                "left out: container 'off' is away");
      EXPECT_THAT(warnings_, ElementsAre(HasSubstr(": this rule is left out until it is back")));
    }
  EXPECT_EQ(rule("-s ${container:off} -g user"), "left out: container 'off' is away");
  EXPECT_EQ(rule("-s ${network:away} -j ACCEPT"), "left out: network 'away' is away");
  EXPECT_EQ(rule6("-s ${container:many} -j ACCEPT"), "left out: container 'many' has no IPv6 address");
  EXPECT_EQ(rule("-p tcp -j DNAT --to-destination ${container:off}:80"), "left out: container 'off' is away");
}

TEST_F(Rules, ThatDropNobodyAreLeftOutAndThatSpareNobodyStandWithoutThatMatch) {
  EXPECT_EQ(rule("-s ${container:gone} -p tcp -j DROP"), "left out: container 'gone' is away");
  EXPECT_THAT(warnings_, ElementsAre("11: container 'gone' is away: this rule is left out until it is back"));
  EXPECT_EQ(rule("! -s ${container:gone} -p tcp -j DROP"), "-p tcp -j DROP");
  EXPECT_THAT(
      warnings_,
      ElementsAre("13: container 'gone' is away: until it is back, this rule stands without this match"));
  EXPECT_EQ(rule6("-p tcp ! -d ${container:many} -j REJECT"), "-p tcp -j REJECT");
  EXPECT_EQ(rule("! --source=${container:gone} -j DROP"), "-j DROP");
  EXPECT_EQ(rule("! -i ${network:mac:bridge} -p tcp -j DROP"), "-p tcp -j DROP");
  // One that can match nothing, whatever its other matches say.
  EXPECT_EQ(rule("! -s ${container:gone} -d ${container:gone} -j DROP"),
            "left out: container 'gone' is away");
  EXPECT_EQ(warnings_.size(), 1);
}

TEST_F(Rules, AMatchOfAnExtensionGoesWithItsMWhereNothingIsLeftOfIt) {
  EXPECT_EQ(rule("-m conntrack ! --ctorigdst ${container:gone} -j DROP"), "-j DROP");
  EXPECT_EQ(rule("-m conntrack ! --ctorigdst ${container:gone} ! -i lo -j DROP"), "! -i lo -j DROP");
  EXPECT_EQ(rule("-m conntrack ! --ctorigdst ${container:gone} --ctstate NEW -j DROP"),
            "-m conntrack --ctstate NEW -j DROP");
  EXPECT_EQ(rule("-m conntrack ! --ctorigdst ${container:gone} ! --ctstate NEW -j DROP"),
            "-m conntrack ! --ctstate NEW -j DROP");
  EXPECT_EQ(rule("-m conntrack --ctstate NEW ! --ctorigdst ${container:gone} -j DROP"),
            "-m conntrack --ctstate NEW -j DROP");
  EXPECT_EQ(rule("-m iprange ! --src-range ${container:gone}-${container:gone} -j DROP"), "-j DROP");
  EXPECT_EQ(rule("-m socket ! --source ${container:gone} -j DROP"), "-m socket -j DROP");
}

TEST_F(Rules, WhileDockerIsSilentNetworksAreWhatTheyWere) {
  known_.docker.reset();
  EXPECT_EQ(rule("-s ${network:shop} -i ${network:shop:bridge} -j ACCEPT"),
            "-s 172.18.0.0/16 -i br-shop -j ACCEPT");
  EXPECT_THAT(warnings_,
              ElementsAre(HasSubstr("until it does, the last known value stands in: 172.18.0.0/16"),
                          HasSubstr("the last known value stands in: br-shop")));
  EXPECT_EQ(rule("-s ${network:two} -j ACCEPT"), "left out: Docker does not tell of network 'two'");
  EXPECT_EQ(rule("! -s ${network:two} -j DROP"), "-j DROP");
  EXPECT_EQ(rule6("-s ${network:shop} -j ACCEPT"), "left out: Docker does not tell of network 'shop'");
}

TEST_F(Rules, WithoutADefaultRouteTheLastInterfaceStandsInForAllRules) {
  EXPECT_EQ(rule("-i ${external_interface} -j DROP"), "-j DROP");
  EXPECT_THAT(warnings_,
              ElementsAre("11: no default route for IPv4: until there is one, this rule stands without "
                          "this match"));
  EXPECT_EQ(rule6("! -i ${external_interface} -p tcp -j REJECT"), "-p tcp -j REJECT");
  EXPECT_EQ(rule("-o ${external_interface} -p tcp -j DROP"), "-p tcp -j DROP");
  EXPECT_EQ(rule("-i ${external_interface} -j ACCEPT"), "left out: no default route for IPv4");
  EXPECT_EQ(rule("! -o ${external_interface} -j MASQUERADE"), "left out: no default route for IPv4");
  known_.last[{.name = "external_interface", .family = Family::kIpv6}] = {"ppp6"};
  EXPECT_EQ(rule6("-i ${external_interface} -j ACCEPT"), "-i ppp6 -j ACCEPT");
  EXPECT_THAT(warnings_,
              ElementsAre("11: no default route for IPv6: until there is one, the last known value stands "
                          "in: ppp6"));
  EXPECT_EQ(rule("-i ${external_interface} -j ACCEPT"), "-i ppp6 -j ACCEPT");
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("until there is one, that of IPv6 stands in: ppp6")));
}

TEST_F(Rules, AnInterfaceThatNoRuleCanNameIsAnErrorAtTheVariable) {
  facts_.routes = {{.destination = *Prefix::parse("0.0.0.0/0"), .interface = "e+"}};
  EXPECT_THAT(rule("-i ${external_interface} -j DROP"),
              StartsWith("a.yaml:6:11: no rule can name the interface 'e+': iptables takes it for every"));
  known_.docker->networks[0].bridge = "-j";
  EXPECT_THAT(rule("-i ${network:shop:bridge} -j DROP"),
              StartsWith("a.yaml:6:11: no rule can name the interface"));
  known_.docker.reset();
  known_.last[{.name = "network:shop:bridge", .family = Family::kIpv4}] = {"!"};
  EXPECT_THAT(rule("-i ${network:shop:bridge} -j DROP"), HasSubstr("interface '!'"));
}

TEST_F(Rules, WhatIsWrongIsAnErrorThoughTheRuleIsLeftOut) {
  EXPECT_THAT(rule("-s ${container:off} -t nat -j ACCEPT"), HasSubstr("can't carry"));
  EXPECT_THAT(rule("-s ${container:off} -d localhost -j ACCEPT"), HasSubstr("is no address"));
  EXPECT_THAT(rule("-s ${container:off}"), HasSubstr("has no target"));
  auto wishes = wishes_from({chain_wishes("'-s ${container:off} -j ACEPT'")});
  auto rules = write_rules(*wishes, known_);
  ASSERT_TRUE(rules);
  EXPECT_THAT(told(check_references(*wishes, *rules, State())), HasSubstr("did you mean 'ACCEPT'?"));
}

TEST_F(Rules, ThereIsOneWarningForEachVariableAndForBothFamiliesTogether) {
  EXPECT_EQ(rule("-s ${container:off} -d ${container:off} -j ACCEPT"), "left out: container 'off' is away");
  EXPECT_EQ(warnings_.size(), 1);
  EXPECT_EQ(rule("-s ${container:off} -d ${container:gone} -j ACCEPT"), "left out: container 'gone' is away");
  EXPECT_EQ(warnings_.size(), 2);
  EXPECT_EQ(rule("-s ${container:off} -d ${container:gone} -j DROP"), "left out: container 'gone' is away");
  EXPECT_EQ(warnings_.size(), 1);
  auto both = written("-s ${container:off} -j ACCEPT", "ip46tables");
  ASSERT_TRUE(both);
  EXPECT_EQ(warnings_of(*both).size(), 1);
}

TEST_F(Rules, ANameThatIsNotWholeIsAnErrorAtItsPlace) {
  EXPECT_EQ(rule("-s ${contianer:web} -j DROP"),
            "a.yaml:6:11: unknown variable 'contianer:web' | did you mean 'container:web'?");
  EXPECT_EQ(rule("-s ${container:} -j DROP"),
            "a.yaml:6:11: '${container:}' names no container | write ${container:NAME}");
  EXPECT_EQ(rule("-i ${network:x:bridg} -j DROP"),
            "a.yaml:6:11: a network has no 'bridg' | did you mean 'bridge'?");
  EXPECT_EQ(
      rule("-s 10.0.0.1/${image:web} -j DROP"),
      "a.yaml:6:20: unknown variable 'image:web' | those with a name are container:NAME, network:NAME and "
      "network:NAME:bridge");
}

TEST(LeftOut, ItsNameStillClaimsTheLiveRuleWhichGoes) {
  auto live = state_with({"-s 10.0.0.1/32 -j ACCEPT", "-s 172.17.0.2/32 -m comment --comment web -j ACCEPT"});
  auto found = resolved(wishes_from({chain_wishes("web: '-s ${container:web} -j ACCEPT'")}), live);
  ASSERT_TRUE(found) << told(found);
  EXPECT_THAT(found->desired.state.iptables.tables[0].chains[0].rules,
              ElementsAre(Rule{"-s 10.0.0.1/32 -j ACCEPT"}));
}

}  // namespace
}  // namespace pyfw
