#include "ext/builtin_options.h"

#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

TEST(BuiltinOptions, AddressesOfIpv4) {
  expect_answers(web_request(), {
                                    {"-s 192.0.2.1/32", Answer::kYes},
                                    {"-s 192.0.2.0/31", Answer::kYes},
                                    {"-s 192.0.2.2/31", Answer::kNo},
                                    {"! -s 192.0.2.2/31", Answer::kYes},
                                    {"! -s 192.0.2.1/32", Answer::kNo},
                                    {"-d 192.0.2.2/32", Answer::kYes},
                                    {"! -d 192.0.0.0/16", Answer::kNo},
                                    {"-d 0.0.0.0/0", Answer::kYes},
                                    {"-s 192.0.7.1/255.255.0.255", Answer::kYes},
                                    {"-s 192.0.7.2/255.255.0.255", Answer::kNo},
                                    {"! -s 192.0.7.2/255.255.0.255", Answer::kYes},
                                    {"-s 192.0.2.0/255.255.255.0", Answer::kYes},
                                });
}

TEST(BuiltinOptions, AddressesOfIpv6) {
  expect_answers(web_request6(), {
                                     {"-s 2001:db8::1/128", Answer::kYes},
                                     {"-s 2001:db8::/32 -d 2001:db8::2/127", Answer::kYes},
                                     {"-s 2001:db9::/32", Answer::kNo},
                                     {"! -d ff02::/16", Answer::kYes},
                                     {"-s ::1/::ffff", Answer::kYes},
                                     {"-s ::2/::ffff", Answer::kNo},
                                 });
}

TEST(BuiltinOptions, Protocols) {
  expect_answers(web_request(), {
                                    {"-p tcp", Answer::kYes},
                                    {"-p udp", Answer::kNo},
                                    {"! -p udp", Answer::kYes},
                                    {"-p 6", Answer::kYes},
                                    {"-p all", Answer::kYes},
                                    {"-p vrrp", Answer::kNo},
                                    {"! -p vrrp", Answer::kYes},
                                });
}

TEST(BuiltinOptions, Interfaces) {
  expect_answers(web_request(), {
                                    {"-i eth0", Answer::kYes},
                                    {"-i eth", Answer::kNo},
                                    {"-i eth+", Answer::kYes},
                                    {"-i eth0+", Answer::kYes},
                                    {"-i eth01", Answer::kNo},
                                    {"! -i eth+", Answer::kNo},
                                    {"! -i wlan0", Answer::kYes},
                                });
}

// A chain that OUTPUT leads to may look at the interface that packets come in by.
TEST(BuiltinOptions, APacketWithoutAnInterfaceHasOneWithoutName) {
  auto sent = web_request();
  sent.hook = Hook::kOutput;
  sent.in_interface = "";
  sent.out_interface = "eth0";
  EXPECT_EQ(answer_of_rule("-i eth0", sent), Answer::kNo);
  EXPECT_EQ(answer_of_rule("! -i eth0", sent), Answer::kYes);
  EXPECT_EQ(answer_of_rule("-i +", sent), Answer::kYes);
  EXPECT_EQ(answer_of_rule("-o eth0", sent), Answer::kYes);
}

TEST(BuiltinOptions, Fragments) {
  auto whole = web_request();
  auto fragment = whole;
  fragment.packet.is_fragment = true;
  EXPECT_EQ(answer_of_rule("-f", whole), Answer::kNo);
  EXPECT_EQ(answer_of_rule("! -f", whole), Answer::kYes);
  EXPECT_EQ(answer_of_rule("-f", fragment), Answer::kYes);
  EXPECT_EQ(answer_of_rule("! -f", fragment), Answer::kNo);
}

}  // namespace
}  // namespace pyfw
