#include "net/ip.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(Ip, ReadsAndWritesBothFamilies) {
  EXPECT_EQ(Ip::parse("192.168.122.193")->to_string(), "192.168.122.193");
  EXPECT_EQ(Ip::parse("2001:DB8:0:0::1")->to_string(), "2001:db8::1");
  EXPECT_EQ(Ip::parse("::ffff:10.0.0.1")->to_string(), "::ffff:10.0.0.1");
}

TEST(Ip, TakesNumbersOnly) {
  for (const char* text :
       {"", "localhost", "10.1", "010.0.0.1", "1.2.3.4 ", "256.1.1.1", "fe80::1%eth0", "::1::"})
    EXPECT_FALSE(Ip::parse(text)) << text;
}

TEST(Prefix, KnowsWhetherHostBitsAreSet) {
  EXPECT_FALSE(Prefix::parse("10.0.0.0/8")->has_host_bits());
  EXPECT_TRUE(Prefix::parse("10.0.0.1/8")->has_host_bits());
  EXPECT_FALSE(Prefix::parse("0.0.0.0/0")->has_host_bits());
  EXPECT_FALSE(Prefix::parse("2001:db8::/33")->has_host_bits());
  EXPECT_TRUE(Prefix::parse("2001:db8:c000::/33")->has_host_bits());
  EXPECT_EQ(Prefix::parse("10.0.0.1")->to_string(), "10.0.0.1/32");
}

TEST(Prefix, RefusesLengthsThatTheFamilyLacks) {
  EXPECT_FALSE(Prefix::parse("10.0.0.0/33"));
  EXPECT_FALSE(Prefix::parse("::/129"));
  EXPECT_FALSE(Prefix::parse("10.0.0.0/"));
  EXPECT_FALSE(Prefix::parse("10.0.0.0/-1"));
}

}  // namespace
}  // namespace pyfw
