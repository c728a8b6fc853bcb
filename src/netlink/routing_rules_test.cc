#include "netlink/routing_rules.h"

#include <algorithm>

#include "netlink/netlink_facts.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;

class RoutingRulesOf : public InOwnNamespace {
 protected:
  static std::vector<RoutingRule> of(Family family) {
    auto rules = expect(read_routing_facts()).rules;
    std::erase_if(rules, [&](const RoutingRule& rule) { return rule.family != family; });
    return rules;
  }
  // The first one behind that of the table local.
  static RoutingRule first(const std::string& options, Family family = Family::kIpv4) {
    sh((family == Family::kIpv6 ? "ip -6 rule add " : "ip rule add ") + options + " priority 100");
    auto rules = of(family);
    return rules.size() > 1 ? rules[1] : RoutingRule();
  }
};

TEST_F(RoutingRulesOf, ANewNamespaceHasTheKernelsOwn) {
  EXPECT_THAT(of(Family::kIpv4),
              ElementsAre(RoutingRule{.priority = 0, .table = kLocalTable}, RoutingRule{.priority = 32766},
                          RoutingRule{.priority = 32767, .table = 253}));
  EXPECT_THAT(of(Family::kIpv6), ElementsAre(RoutingRule{.family = Family::kIpv6, .table = kLocalTable},
                                             RoutingRule{.family = Family::kIpv6, .priority = 32766}));
}

TEST_F(RoutingRulesOf, OneSaysWhatItLooksAt) {
  EXPECT_EQ(first("not from 192.0.2.0/24 to 10.0.0.1 iif a oif b fwmark 0x10/0xf0 table 300"),
            (RoutingRule{.priority = 100,
                         .is_inverted = true,
                         .from = Prefix::parse("192.0.2.0/24"),
                         .to = Prefix::parse("10.0.0.1"),
                         .in_interface = "a",
                         .out_interface = "b",
                         .mark = 0x10,
                         .mark_mask = 0xf0,
                         .table = 300}));
}

TEST_F(RoutingRulesOf, AMarkWithoutAMaskIsTheWholeMark) {
  EXPECT_EQ(first("fwmark 7 table 300").mark_mask, 0xffffffff);
}

TEST_F(RoutingRulesOf, OneMayEndTheWay) {
  EXPECT_EQ(first("from 2001:db8::/32 prohibit", Family::kIpv6),
            (RoutingRule{.family = Family::kIpv6,
                         .priority = 100,
                         .from = Prefix::parse("2001:db8::/32"),
                         .action = RouteType::kProhibit,
                         .table = 0}));
  EXPECT_EQ(first("blackhole").action, RouteType::kBlackhole);
}

TEST_F(RoutingRulesOf, WhatElseOneLooksAtIsSaid) {
  EXPECT_EQ(first("ipproto tcp dport 80-90 table 300").others, "ipproto 6 dport 80-90");
  sh("ip rule del priority 100");
  EXPECT_EQ(first("table main suppress_prefixlength 0").others, "suppress_prefixlength 0");
  sh("ip rule del priority 100");
  EXPECT_EQ(first("goto 32766").others, "goto 32766");
  sh("ip rule del priority 100");
  EXPECT_EQ(first("uidrange 5-6 tos 0x10 table 300").others, "tos 0x10 uidrange 5-6");
}

}  // namespace
}  // namespace pyfw
