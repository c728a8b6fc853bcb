#include "trace/answers.h"

#include <gtest/gtest.h>

#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

// icmp_send() makes no more than 576 bytes of it, icmp6_send() no more than 1280 (RFC 1812, RFC 4443).
TEST(IcmpErrorOf, APacketHoldsAsMuchOfItAsThereIsRoomFor) {
  auto length = [](Packet request, std::uint16_t of) {
    request.length = of;
    return icmp_error_of(request, 3, 3, request.destination)->length;
  };
  auto ipv4 = udp("10.1.0.9", "192.0.2.1", 53);
  EXPECT_EQ(length(ipv4, 60), 88);
  EXPECT_EQ(length(ipv4, 548), 576);
  EXPECT_EQ(length(ipv4, 1500), 576);
  auto ipv6 = udp("2001:db8::9", "2001:db8::1", 53);
  EXPECT_EQ(length(ipv6, 60), 108);
  EXPECT_EQ(length(ipv6, 1500), 1280);
}

}  // namespace
}  // namespace pyfw
