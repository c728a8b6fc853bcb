#include "ext/words.h"

#include <gtest/gtest.h>

#include "ext/icmp_names.h"
#include "ext/protocols.h"

namespace pyfw {
namespace {

TEST(Words, OptionsAndTheirValues) {
  std::array<std::string_view, 5> tokens = {"!", "--sport", "5", "--syn", "!"};
  Words words(tokens);
  EXPECT_EQ(words.next_option(), "--sport");
  EXPECT_TRUE(words.is_inverted());
  EXPECT_EQ(words.value(), "5");
  EXPECT_EQ(words.next_option(), "--syn");
  EXPECT_FALSE(words.is_inverted());
  EXPECT_EQ(words.left(), 1U);
  EXPECT_EQ(words.next_option(), "");
  EXPECT_EQ(words.value(), "");
  EXPECT_TRUE(words.at_end());
}

TEST(ParseCNumber, AsStrtoulReadsThem) {
  EXPECT_EQ(parse_c_number("0"), 0U);
  EXPECT_EQ(parse_c_number("42"), 42U);
  EXPECT_EQ(parse_c_number("0xfeedcafe"), 0xfeedcafeU);
  EXPECT_EQ(parse_c_number("010"), 8U);
  for (const char* text : {"", "-1", "x", "5x", "0x", "4294967296", " 1"})
    EXPECT_FALSE(parse_c_number(text)) << text;
}

TEST(ParseRange, EitherSideMayBeLeftOut) {
  EXPECT_EQ(parse_ports("80"), (NumberRange{80, 80}));
  EXPECT_EQ(parse_ports("1024:"), (NumberRange{1024, 65535}));
  EXPECT_EQ(parse_ports(":1023"), (NumberRange{0, 1023}));
  EXPECT_EQ(parse_range("1-5", 9, '-'), (NumberRange{1, 5}));
  for (const char* text : {"", "65536", "x", "1:x", "x:1", "1:65536"})
    EXPECT_FALSE(parse_ports(text)) << text;
}

TEST(ParseMac, SixBytes) {
  EXPECT_EQ(parse_mac("42:01:02:03:04:AF"), (Mac{0x42, 1, 2, 3, 4, 0xaf}));
  for (const char* text : {"", "42:01:02:03:04", "42:01:02:03:04:05:06", "42:01:02:03:04:100", "x:1:2:3:4:5"})
    EXPECT_FALSE(parse_mac(text)) << text;
}

TEST(ParseProtocol, NamesAndNumbers) {
  EXPECT_EQ(parse_protocol("tcp"), 6);
  EXPECT_EQ(parse_protocol("ipv6-icmp"), 58);
  EXPECT_EQ(parse_protocol("icmpv6"), 58);
  EXPECT_EQ(parse_protocol("mobility-header"), 135);
  EXPECT_EQ(parse_protocol("255"), 255);
  EXPECT_FALSE(parse_protocol("256"));
  EXPECT_FALSE(parse_protocol("nothing"));
}

TEST(ParseIcmpName, OfBothFamilies) {
  EXPECT_EQ(parse_icmp_name("echo-request", Family::kIpv4), 0x800);
  EXPECT_EQ(parse_icmp_name("echo-request", Family::kIpv6), 0x8000);
  EXPECT_EQ(parse_icmp_name("3/4", Family::kIpv4), 0x304);
  EXPECT_FALSE(parse_icmp_name("3/256", Family::kIpv4));
  EXPECT_FALSE(parse_icmp_name("no-route", Family::kIpv4));
}

}  // namespace
}  // namespace pyfw
