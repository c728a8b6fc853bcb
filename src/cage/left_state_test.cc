#include "cage/left_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;

TEST(OwnTablesOfNft, ThoseOfIptablesAreNone) {
  EXPECT_THAT(own_tables_of_nft("table ip filter\ntable ip6 nat\ntable inet firewall\ntable ip mine\n"),
              ElementsAre("the table inet firewall of nftables", "the table ip mine of nftables"));
}

TEST(OwnRulesOfRouting, ThoseThatEachHostHasAreNone) {
  EXPECT_THAT(own_rules_of_routing(Family::kIpv4,
                                   "0:\tfrom all lookup local\n32765:\tfrom all fwmark 0x1 lookup 100\n"
                                   "32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n"),
              ElementsAre("`ip rule add from all fwmark 0x1 lookup 100`"));
  EXPECT_THAT(own_rules_of_routing(Family::kIpv6, "0:\tfrom all lookup local\n5:\tfrom fd00::/64 lookup 9\n"),
              ElementsAre("`ip -6 rule add from fd00::/64 lookup 9`"));
}

}  // namespace
}  // namespace pyfw
