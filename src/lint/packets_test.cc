#include "lint/packets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/protocol.h"
#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

// Of rules that let packets go on, too, which no index of a chain knows.
TEST(TablePackets, ARuleTakesWhatItMatchesWhateverItsTarget) {
  auto host = HostForTests()
                  .rules(
                      "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j LOG\n-A INPUT -p tcp -j ACCEPT\n"
                      "-A INPUT -p tcp -j DROP\nCOMMIT\n")
                  .traced();
  auto input = *host.find(Backend::kNft, Family::kIpv4, "filter", "INPUT");
  InterfaceRoles roles;
  TablePackets packets(host.compiled(), {}, {input}, roles, {});
  ASSERT_TRUE(packets.walk());
  auto of = [&](std::uint8_t protocol) {
    return packets.both(packets.number(NumberField::kProtocol, protocol), packets.everything());
  };
  for (std::uint32_t i : {0U, 1U}) {
    EXPECT_TRUE(packets.takes({.chain = input, .rule = i}, of(kTcp))) << i;
    EXPECT_TRUE(packets.may_take({.chain = input, .rule = i}, of(kTcp))) << i;
    EXPECT_FALSE(packets.may_take({.chain = input, .rule = i}, of(kUdp))) << i;
  }
  EXPECT_FALSE(packets.may_take({.chain = input, .rule = 2}, of(kTcp)));
}

}  // namespace
}  // namespace pyfw
