#include "net/protocol.h"

#include <gtest/gtest.h>

#include "net/packet.h"

namespace pyfw {
namespace {

TEST(Protocol, EachNameMeansANumberThatHasAName) {
  for (auto name : protocol_names()) {
    auto number = protocol_called(name);
    ASSERT_TRUE(number) << name;
    EXPECT_EQ(protocol_called(name_of_protocol(*number)), number) << name;
  }
}

TEST(Protocol, ThreeNamesOfIcmpv6AreOne) {
  EXPECT_EQ(protocol_called("icmp6"), kIcmp6);
  EXPECT_EQ(protocol_called("ipv6-icmp"), kIcmp6);
  EXPECT_EQ(name_of_protocol(kIcmp6), "icmpv6");
}

TEST(Protocol, OneWithoutANameIsToldByItsNumber) {
  EXPECT_EQ(name_of_protocol(253), "253");
  EXPECT_FALSE(protocol_called("tpc"));
}

}  // namespace
}  // namespace pyfw
