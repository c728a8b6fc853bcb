#include "ext/builtin_options.h"

#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

struct Case {
  const char* rule;
  Answer answer;
};

TEST(BuiltinOptions, AddressesOfIpv4) {
  for (auto [rule, answer] : {
           Case{"-s 192.0.2.1/32", Answer::kYes},
           Case{"-s 192.0.2.0/31", Answer::kYes},
           Case{"-s 192.0.2.2/31", Answer::kNo},
           Case{"! -s 192.0.2.2/31", Answer::kYes},
           Case{"! -s 192.0.2.1/32", Answer::kNo},
           Case{"-d 192.0.2.2/32", Answer::kYes},
           Case{"! -d 192.0.0.0/16", Answer::kNo},
           Case{"-d 0.0.0.0/0", Answer::kYes},
           Case{"-s 192.0.7.1/255.255.0.255", Answer::kYes},
           Case{"-s 192.0.7.2/255.255.0.255", Answer::kNo},
           Case{"! -s 192.0.7.2/255.255.0.255", Answer::kYes},
           Case{"-s 192.0.2.0/255.255.255.0", Answer::kYes},
       })
    EXPECT_EQ(answer_of_rule(rule, web_request()), answer) << rule;
}

TEST(BuiltinOptions, AddressesOfIpv6) {
  for (auto [rule, answer] : {
           Case{"-s 2001:db8::1/128", Answer::kYes},
           Case{"-s 2001:db8::/32 -d 2001:db8::2/127", Answer::kYes},
           Case{"-s 2001:db9::/32", Answer::kNo},
           Case{"! -d ff02::/16", Answer::kYes},
           Case{"-s ::1/::ffff", Answer::kYes},
           Case{"-s ::2/::ffff", Answer::kNo},
       })
    EXPECT_EQ(answer_of_rule(rule, web_request6()), answer) << rule;
}

TEST(BuiltinOptions, Protocols) {
  for (auto [rule, answer] : {
           Case{"-p tcp", Answer::kYes},
           Case{"-p udp", Answer::kNo},
           Case{"! -p udp", Answer::kYes},
           Case{"-p 6", Answer::kYes},
           Case{"-p all", Answer::kYes},
           Case{"-p vrrp", Answer::kNo},
           Case{"! -p vrrp", Answer::kYes},
       })
    EXPECT_EQ(answer_of_rule(rule, web_request()), answer) << rule;
}

TEST(BuiltinOptions, Interfaces) {
  for (auto [rule, answer] : {
           Case{"-i eth0", Answer::kYes},
           Case{"-i eth", Answer::kNo},
           Case{"-i eth+", Answer::kYes},
           Case{"-i eth0+", Answer::kYes},
           Case{"-i eth01", Answer::kNo},
           Case{"! -i eth+", Answer::kNo},
           Case{"! -i wlan0", Answer::kYes},
       })
    EXPECT_EQ(answer_of_rule(rule, web_request()), answer) << rule;
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
