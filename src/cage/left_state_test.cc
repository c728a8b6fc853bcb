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

}  // namespace
}  // namespace pyfw
