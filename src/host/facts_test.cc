#include "host/facts.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

Route route(const char* destination, const char* interface, std::uint32_t metric) {
  return {
      .destination = *Prefix::parse(destination), .gateway = {}, .interface = interface, .metric = metric};
}

TEST(ExternalInterface, IsThatOfTheDefaultRouteWithTheLowestMetric) {
  Facts facts{.interfaces = {},
              .routes = {route("0.0.0.0/0", "wlan0", 600), route("0.0.0.0/0", "eth0", 100),
                         route("10.0.0.0/8", "vpn0", 0), route("::/0", "eth6", 1024)}};
  EXPECT_EQ(external_interface(facts, Family::kIpv4), "eth0");
  EXPECT_EQ(external_interface(facts, Family::kIpv6), "eth6");
}

TEST(ExternalInterface, OtherTablesAndRoutesThatLeadNowhereDontMatter) {
  auto of_vpn = route("0.0.0.0/0", "vpn0", 0);
  of_vpn.table = 51820;
  auto blackhole = route("0.0.0.0/0", "", 0);
  blackhole.type = RouteType::kBlackhole;
  Facts facts{.interfaces = {}, .routes = {of_vpn, blackhole, route("0.0.0.0/0", "eth0", 100)}};
  EXPECT_EQ(external_interface(facts, Family::kIpv4), "eth0");
}

TEST(ExternalInterface, ThereIsNoneWithoutDefaultRoute) {
  Facts facts{.interfaces = {}, .routes = {route("0.0.0.0/0", "eth0", 0)}};
  EXPECT_EQ(external_interface(facts, Family::kIpv6), std::nullopt);
}

}  // namespace
}  // namespace pyfw
