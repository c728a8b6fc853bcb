#include "events/netlink_events.h"

#include <fmt/format.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

class NetlinkEventsTest : public InOwnNamespace {
 protected:
  static NetlinkEvents rules() { return expect(NetlinkEvents::open(NETLINK_NETFILTER, {NFNLGRP_NFTABLES})); }
  static std::string many(int rules) {
    std::string text = "*filter\n";
    for (int i = 0; i < rules; ++i) text += fmt::format("-A INPUT -s 10.{}.{}.1 -j DROP\n", i / 256, i % 256);
    return text + "COMMIT\n";
  }
};

TEST_F(NetlinkEventsTest, TellThatRulesWereWrittenAndNotThatTheyWereRead) {
  auto events = rules();
  EXPECT_EQ(events.take(), Heard{});
  sh("iptables-nft -A INPUT -j DROP");
  EXPECT_EQ(events.take(), (Heard{.some = true}));
  sh("iptables-nft-save >/dev/null");
  EXPECT_EQ(events.take(), Heard{});
}

TEST_F(NetlinkEventsTest, ARestoreOfTenThousandRulesFits) {
  auto events = rules();
  sh("iptables-nft-restore", many(10'000));
  EXPECT_EQ(events.take(), (Heard{.some = true}));
}

TEST_F(NetlinkEventsTest, WhatDoesNotFitIsSaidToBeLostAndThenItListensOn) {
  auto events = rules();
  int small = 4096;
  ASSERT_EQ(setsockopt(events.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
  sh("iptables-nft-restore", many(1'000));
  EXPECT_EQ(events.take(), (Heard{.some = true, .lost = true}));
  sh("iptables-nft -A INPUT -j DROP");
  EXPECT_EQ(events.take(), (Heard{.some = true}));
}

TEST_F(NetlinkEventsTest, TellOfInterfacesAddressesAndRoutes) {
  auto events = expect(NetlinkEvents::open(
      NETLINK_ROUTE, {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE}));
  for (const char* change :
       {"ip link add one type veth peer name two", "ip link set one up", "ip addr add 10.0.0.1/24 dev one",
        "ip route add default via 10.0.0.2", "ip route del default", "ip link del one"}) {
    events.take();
    sh(change);
    EXPECT_TRUE(events.take().some) << change;
  }
}

}  // namespace
}  // namespace pyfw
