#include "wish/host_values.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Standing = HostValue::Standing;

ContainerAddress address(const char* ip) { return {.network = "bridge", .ip = *Ip::parse(ip)}; }

Docker docker() {
  Docker docker;
  docker.networks = {{.name = "shop",
                      .id = {},
                      .driver = "bridge",
                      .bridge = "br-shop",
                      .subnets = {*Prefix::parse("172.18.5.1/16"), *Prefix::parse("10.9.0.0/24"),
                                  *Prefix::parse("fd00::/64")}},
                     {.name = "mac",
                      .id = {},
                      .driver = "macvlan",
                      .bridge = {},
                      .subnets = {*Prefix::parse("10.8.0.0/24")}},
                     {.name = "all",
                      .id = {},
                      .driver = "bridge",
                      .bridge = "br-all",
                      .subnets = {*Prefix::parse("0.0.0.0/0")}}};
  docker.containers = {{.name = "web",
                        .id = "cafe0123",
                        .pid = 7,
                        .addresses = {address("172.18.0.9"), address("172.17.0.2"), address("fd00::2")}},
                       {.name = "db", .id = "beef0123", .pid = 8, .addresses = {address("172.17.0.3")}},
                       {.name = "side", .pid = 9, .in_network_of = "db"},
                       {.name = "loop", .pid = 9, .in_network_of = "loop"},
                       {.name = "odd", .pid = 9, .addresses = {address("0.0.0.0")}},
                       {.name = "off", .pid = 0, .addresses = {address("172.17.0.9")}}};
  return docker;
}

Facts with_default_route(const char* destination, const char* interface) {
  return {.routes = {{.destination = *Prefix::parse(destination), .interface = interface}}};
}

// "live A,B", "last A (WHY | UNTIL)", "none (WHY | UNTIL)", and "for all" where it holds for every rule.
std::string value(const std::string& name, Family family, const HostKnowledge& known) {
  auto variable = host_variable_called(name);
  auto value = value_of(**variable, family, known);
  auto texts = join(value.texts, ",");
  if (value.standing == Standing::kLive) return "live " + texts;
  auto why = fmt::format("({} | {}{})", value.why, value.until, value.hint.empty() ? "" : " | " + value.hint);
  if (value.standing == Standing::kNone) return "none " + why;
  return fmt::format("last {} {}{}", texts, why, value.holds_for_all ? " for all" : "");
}

class WithDocker : public testing::Test {
 protected:
  Facts facts_;
  HostKnowledge known_{.facts = facts_, .docker = docker()};

  std::string v4(const std::string& name) const { return value(name, Family::kIpv4, known_); }
  std::string v6(const std::string& name) const { return value(name, Family::kIpv6, known_); }
};

TEST_F(WithDocker, AContainersAddressesAreThoseOfTheFamilyInOrder) {
  EXPECT_EQ(v4("container:web"), "live 172.17.0.2,172.18.0.9");
  EXPECT_EQ(v6("container:web"), "live fd00::2");
  EXPECT_EQ(v4("container:side"), "live 172.17.0.3");
}

TEST_F(WithDocker, AContainerThatDoesNotRunOrHasNoAddressOfTheFamilyIsAway) {
  EXPECT_EQ(v4("container:off"), "none (container 'off' is away | it is back)");
  EXPECT_EQ(v6("container:db"), "none (container 'db' has no IPv6 address | it has one)");
  EXPECT_EQ(v4("container:loop"), "none (container 'loop' has no IPv4 address | it has one)");
  EXPECT_EQ(v4("container:odd"), "none (container 'odd' has no IPv4 address | it has one)");
  known_.last = {{{.name = "container:off", .family = Family::kIpv4}, {"172.17.0.5"}}};
  EXPECT_EQ(v4("container:off"), "last 172.17.0.5 (container 'off' is away | it is back)");
  EXPECT_EQ(v6("container:off"), "none (container 'off' is away | it is back)");
}

TEST_F(WithDocker, AnotherContainersIdIsNoName) {
  EXPECT_EQ(v4("container:beef"), "none (no container is called 'beef' | one is)");
}

TEST_F(WithDocker, ANameThatNobodyEverHadMayBeMisspelt) {
  EXPECT_EQ(v4("container:wbe"), "none (no container is called 'wbe' | one is | did you mean 'web'?)");
  EXPECT_EQ(v4("network:shpo"), "none (no network is called 'shpo' | one is | did you mean 'shop'?)");
  known_.last = {{{.name = "container:wbe", .family = Family::kIpv6}, {"fd00::7"}},
                 {{.name = "network:shpo:bridge", .family = Family::kIpv4}, {"br-7"}}};
  EXPECT_EQ(v4("container:wbe"), "none (container 'wbe' is away | it is back)");
  EXPECT_EQ(v6("container:wbe"), "last fd00::7 (container 'wbe' is away | it is back)");
  EXPECT_EQ(v4("network:shpo:bridge"), "last br-7 (network 'shpo' is away | it is back)");
}

TEST_F(WithDocker, ANetworksSubnetsAreMaskedAndNeverEverything) {
  EXPECT_EQ(v4("network:shop"), "live 10.9.0.0/24,172.18.0.0/16");
  EXPECT_EQ(v6("network:shop"), "live fd00::/64");
  EXPECT_EQ(v6("network:mac"), "none (network 'mac' has no IPv6 subnet | it has one)");
  EXPECT_EQ(v4("network:all"), "none (network 'all' has no IPv4 subnet | it has one)");
}

TEST_F(WithDocker, ABridgeIsThatOfBothFamilies) {
  EXPECT_EQ(v4("network:shop:bridge"), "live br-shop");
  EXPECT_EQ(v6("network:shop:bridge"), "live br-shop");
  EXPECT_EQ(v4("network:mac:bridge"), "none (network 'mac' has no bridge | it has one)");
}

TEST_F(WithDocker, WhileItIsSilentNetworksHoldForAllRulesAndContainersDoNot) {
  known_.docker.reset();
  EXPECT_EQ(v4("container:web"), "none (Docker does not tell of container 'web' | it does)");
  EXPECT_EQ(v4("network:shop"), "none (Docker does not tell of network 'shop' | it does)");
  known_.last = {{{.name = "container:web", .family = Family::kIpv4}, {"172.17.0.2"}},
                 {{.name = "network:shop", .family = Family::kIpv4}, {"172.18.0.0/16"}},
                 {{.name = "network:shop:bridge", .family = Family::kIpv6}, {"br-shop"}}};
  EXPECT_EQ(v4("container:web"), "last 172.17.0.2 (Docker does not tell of container 'web' | it does)");
  EXPECT_EQ(v4("network:shop"),
            "last 172.18.0.0/16 (Docker does not tell of network 'shop' | it does) for all");
  EXPECT_EQ(v6("network:shop:bridge"),
            "last br-shop (Docker does not tell of network 'shop' | it does) for all");
}

TEST_F(WithDocker, WhatWasKeptAndIsNoAddressOfTheFamilyIsNothing) {
  known_.docker.reset();
  known_.last = {{{.name = "container:web", .family = Family::kIpv4},
                  {"-j", "fd00::2", "0.0.0.0/0", "10.0.0.0/8", "172.17.0.2"}},
                 {{.name = "network:shop", .family = Family::kIpv4}, {"0.0.0.0/0", "x"}},
                 {{.name = "network:shop:bridge", .family = Family::kIpv4}, {""}}};
  EXPECT_EQ(v4("container:web"), "last 172.17.0.2 (Docker does not tell of container 'web' | it does)");
  EXPECT_EQ(v4("network:shop"), "none (Docker does not tell of network 'shop' | it does)");
  EXPECT_EQ(v4("network:shop:bridge"), "none (Docker does not tell of network 'shop' | it does)");
}

TEST(ExternalInterfaceValue, IsTheOwnFamilysThenTheLastThenTheOtherFamilys) {
  constexpr auto kName = "external_interface";
  constexpr auto kWhy =
      "(no default route for IPv6 | there is one | name the interface under vars: external_interface: eth0)";
  auto v4_only = with_default_route("0.0.0.0/0", "eth4");
  auto v6_only = with_default_route("::/0", "eth6");
  Facts none;
  LastValues last4 = {{{.name = kName, .family = Family::kIpv4}, {"last4"}}};
  LastValues last6 = {{{.name = kName, .family = Family::kIpv6}, {"last6"}}};
  auto v6 = [&](const Facts& facts, const LastValues& last) {
    return value(kName, Family::kIpv6, {.facts = facts, .docker = {}, .last = last});
  };
  EXPECT_EQ(v6(v6_only, last6), "live eth6");
  EXPECT_EQ(v6(v4_only, last6), fmt::format("last last6 {} for all", kWhy));
  EXPECT_EQ(v6(v4_only, last4), fmt::format("last eth4 {} for all", kWhy));
  EXPECT_EQ(v6(none, last4), fmt::format("last last4 {} for all", kWhy));
  EXPECT_EQ(v6(none, {}), fmt::format("none {}", kWhy));
  EXPECT_EQ(value(kName, Family::kIpv4, {.facts = v6_only}).substr(0, 43),
            "last eth6 (no default route for IPv4 | ther");
}

class Keeping : public WithDocker {
 protected:
  Wishes wishes_ =
      *wishes_from({"pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n"
                    "        - -s ${container:web} -d ${network:gone} -j DROP\n"
                    "        - -s ${container:off} -i ${external_interface} -j DROP\n"});
};

TEST_F(Keeping, OfWhatTheWishesNameTheLiveValueElseTheLast) {
  known_.last = {{{.name = "container:web", .family = Family::kIpv4}, {"172.17.0.99"}},
                 {{.name = "container:web", .family = Family::kIpv6}, {"fd00::99"}},
                 {{.name = "container:other", .family = Family::kIpv4}, {"172.17.0.98"}},
                 {{.name = "network:gone", .family = Family::kIpv4}, {"10.0.0.0/8"}},
                 {{.name = "external_interface", .family = Family::kIpv4}, {"eth9"}}};
  facts_ = with_default_route("::/0", "eth6");
  using Id = VariableOfFamily;
  // That of the other family may have to stand in.
  EXPECT_THAT(values_to_keep(wishes_, known_),
              ElementsAre(Pair(Id{"container:web", Family::kIpv4}, ElementsAre("172.17.0.2", "172.18.0.9")),
                          Pair(Id{"external_interface", Family::kIpv4}, ElementsAre("eth9")),
                          Pair(Id{"external_interface", Family::kIpv6}, ElementsAre("eth6")),
                          Pair(Id{"network:gone", Family::kIpv4}, ElementsAre("10.0.0.0/8"))));
}

TEST_F(Keeping, WhatWasKeptIsKeptAgain) {
  facts_ = with_default_route("0.0.0.0/0", "eth0");
  auto first = values_to_keep(wishes_, known_);
  known_.last = first;
  EXPECT_EQ(values_to_keep(wishes_, known_), first);
  known_.docker.reset();
  facts_.routes.clear();
  EXPECT_EQ(values_to_keep(wishes_, known_), first);
}

TEST_F(Keeping, NothingWhereNothingIsNamed) {
  EXPECT_THAT(values_to_keep(*wishes_from({"pyfw_wishes: {}\n"}), known_), IsEmpty());
}

}  // namespace
}  // namespace pyfw
