#include "cage/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

Facts with_interfaces(std::vector<Interface> interfaces) {
  Facts facts;
  facts.interfaces = std::move(interfaces);
  return facts;
}

TEST(OtherNames, BeginAsTheOldOnesAndAreNowhereElse) {
  auto facts = with_interfaces({{.name = "lo"},
                                {.name = "eth0"},
                                {.name = "eth70"},
                                {.name = "enp3s0"},
                                {.name = "a-long-name-123"},
                                {.name = "docker0", .kind = "bridge"},
                                {.name = "br-0123456789ab", .kind = "bridge"},
                                {.name = "br-lan"}});
  EXPECT_THAT(other_names(facts, "iptables -A INPUT -i eth71 -j ACCEPT"),
              UnorderedElementsAre(Pair("eth0", "eth72"), Pair("eth70", "eth73"), Pair("enp3s0", "enp3s70"),
                                   Pair("a-long-name-123", "a-long-name-70"), Pair("br-lan", "br-lan70")));
}

TEST(OtherNames, VlanIsNamedAfterWhatItIsOn) {
  EXPECT_THAT(other_names(with_interfaces({{.name = "eth0"}, {.name = "eth0.100"}}), ""),
              UnorderedElementsAre(Pair("eth0", "eth70"), Pair("eth0.100", "eth70.100")));
}

TEST(LinkCommands, EachInterfaceIsMadeAndUp) {
  auto facts = with_interfaces({{.name = "lo"},
                                {.name = "eth0", .mac = Mac{2, 0, 0, 0, 0, 9}},
                                {.name = "docker0", .kind = "bridge"}});
  EXPECT_EQ(link_commands(facts, {{"eth0", "eth70"}}, {.bridge = "bridge", .other = "ifb"}),
            "link set lo up\n"
            "link add eth70 address 02:00:00:00:00:09 type ifb\n"
            "link set eth70 up\n"
            "link add docker0 type bridge\n"
            "link set docker0 up\n");
}

TEST(AddressCommands, RoutesLeadToNeighbours) {
  auto facts = with_interfaces({{.name = "lo", .addresses = {*Prefix::parse("127.0.0.1/8")}},
                                {.name = "eth0", .addresses = {*Prefix::parse("192.0.2.9/24")}}});
  facts.routes = {{.destination = *Prefix::parse("0.0.0.0/0"),
                   .gateway = Ip::parse("192.0.2.1"),
                   .interface = "eth0",
                   .metric = 100},
                  {.destination = *Prefix::parse("192.0.2.0/24"), .interface = "eth0"},
                  {.destination = *Prefix::parse("10.0.0.0/8"), .interface = "eth0"}};
  EXPECT_EQ(address_commands(facts, {}),
            "address replace 192.0.2.9/24 dev eth0 brd +\n"
            "route replace 10.0.0.0/8 dev eth0\n"
            "neigh replace 192.0.2.1 dev eth0 lladdr 02:00:00:00:00:01 nud permanent\n"
            "route replace 0.0.0.0/0 via 192.0.2.1 dev eth0 metric 100\n");
}

TEST(AddressCommands, GatewayOutsideOfAllPrefixesIsOnTheLink) {
  auto facts = with_interfaces({{.name = "ens3", .addresses = {*Prefix::parse("198.51.100.7/32")}}});
  facts.routes = {
      {.destination = *Prefix::parse("0.0.0.0/0"), .gateway = Ip::parse("172.31.1.1"), .interface = "ens3"}};
  EXPECT_THAT(address_commands(facts, {}), HasSubstr("via 172.31.1.1 dev ens3 onlink\n"));
}

TEST(AddressCommands, OtherTablesAndRoutesWithoutAnInterfaceAreLeftOut) {
  Facts facts;
  facts.routes = {{.destination = *Prefix::parse("10.0.0.0/8"), .interface = "eth0", .table = 100},
                  {.destination = *Prefix::parse("10.0.0.0/8"), .type = RouteType::kBlackhole}};
  EXPECT_EQ(address_commands(facts, {}), "");
}

}  // namespace
}  // namespace pyfw
