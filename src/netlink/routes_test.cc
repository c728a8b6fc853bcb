#include "netlink/routes.h"

#include <algorithm>

#include "netlink/netlink_facts.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::IsSupersetOf;

class RoutesOf : public InOwnNamespace {
 protected:
  void SetUp() override {
    InOwnNamespace::SetUp();
    if (IsSkipped()) return;
    sh("ip link add one type veth peer name one.end && ip link add two type veth peer name two.end &&"
       " for name in lo one one.end two two.end; do ip link set $name up; done &&"
       " ip addr add 192.0.2.1/24 dev one && ip addr add 198.51.100.1/24 dev two &&"
       " ip addr add 2001:db8::1/64 dev one nodad");
  }
  static std::vector<Route> routes() { return expect(read_routing_facts()).routes; }
  static Route to(const char* destination) {
    auto all = routes();
    auto found = std::ranges::find(all, *Prefix::parse(destination), &Route::destination);
    if (found == all.end()) throw std::runtime_error(std::string("no route to ") + destination);
    return *found;
  }
};

TEST_F(RoutesOf, TheKernelsOwnOnesAreThere) {
  EXPECT_THAT(routes(), IsSupersetOf({
                            Route{.destination = *Prefix::parse("192.0.2.1/32"),
                                  .interface = "one",
                                  .type = RouteType::kLocal,
                                  .table = kLocalTable,
                                  .preferred_source = Ip::parse("192.0.2.1")},
                            Route{.destination = *Prefix::parse("192.0.2.255/32"),
                                  .interface = "one",
                                  .type = RouteType::kBroadcast,
                                  .table = kLocalTable,
                                  .preferred_source = Ip::parse("192.0.2.1")},
                            Route{.destination = *Prefix::parse("192.0.2.0/24"),
                                  .interface = "one",
                                  .preferred_source = Ip::parse("192.0.2.1")},
                            Route{.destination = *Prefix::parse("2001:db8::1/128"),
                                  .interface = "one",
                                  .type = RouteType::kLocal,
                                  .table = kLocalTable},
                        }));
}

TEST_F(RoutesOf, ThoseThatLeadNowhereSayHow) {
  sh("ip route add blackhole 10.1.0.0/16 && ip route add unreachable 10.2.0.0/16 &&"
     " ip route add prohibit 10.3.0.0/16 && ip route add throw 10.4.0.0/16 table 100 &&"
     " ip -6 route add blackhole 2001:db8:1::/48");
  EXPECT_EQ(to("10.1.0.0/16"),
            (Route{.destination = *Prefix::parse("10.1.0.0/16"), .type = RouteType::kBlackhole}));
  EXPECT_EQ(to("10.2.0.0/16").type, RouteType::kUnreachable);
  EXPECT_EQ(to("10.3.0.0/16").type, RouteType::kProhibit);
  EXPECT_EQ(to("10.4.0.0/16").type, RouteType::kThrow);
  EXPECT_EQ(to("10.4.0.0/16").table, 100);
  EXPECT_EQ(to("2001:db8:1::/48").type, RouteType::kBlackhole);
}

TEST_F(RoutesOf, ATableMayHaveANumberBeyondAByte) {
  sh("ip route add 10.0.0.0/8 via 192.0.2.9 metric 5 src 192.0.2.1 table 51820");
  EXPECT_EQ(to("10.0.0.0/8"), (Route{.destination = *Prefix::parse("10.0.0.0/8"),
                                     .gateway = Ip::parse("192.0.2.9"),
                                     .interface = "one",
                                     .metric = 5,
                                     .table = 51820,
                                     .preferred_source = Ip::parse("192.0.2.1")}));
}

TEST_F(RoutesOf, OfSeveralHopsTheFirstIsShownAndThatThereAreMore) {
  sh("ip route add 10.0.0.0/8 nexthop via 192.0.2.9 dev one nexthop via 198.51.100.9 dev two");
  EXPECT_EQ(to("10.0.0.0/8"), (Route{.destination = *Prefix::parse("10.0.0.0/8"),
                                     .gateway = Ip::parse("192.0.2.9"),
                                     .interface = "one",
                                     .has_more_hops = true}));
}

TEST_F(RoutesOf, AGatewayMayBeOfTheOtherFamily) {
  sh("ip route add 10.0.0.0/8 via inet6 2001:db8::9 dev one");
  EXPECT_EQ(to("10.0.0.0/8").gateway, Ip::parse("2001:db8::9"));
}

TEST_F(RoutesOf, WhatElseOneLooksAtIsSaid) {
  sh("ip route add 10.0.0.0/8 via 192.0.2.9 tos 0x10 && ip -6 route add 2001:db8:2::/48 from 2001:db8:3::/48 "
     "dev one");
  EXPECT_EQ(to("10.0.0.0/8").others, "tos 0x10");
  EXPECT_EQ(to("2001:db8:2::/48").others, "from 2001:db8:3::/48");
}

}  // namespace
}  // namespace pyfw
