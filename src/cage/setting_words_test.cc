#include "cage/setting_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;

TEST(SettingWords, ComeInTheOrderOfTheScriptAndNameItsLines) {
  std::vector<WrittenSetting> settings = {
      {"net/ipv4/conf/eth0/rp_filter", "1"},    {"net/ipv4/tcp_syncookies", "1"},
      {"net/ipv4/conf/all/rp_filter", "1"},     {"net/ipv4/ip_forward", "1"},
      {"net/ipv6/conf/vlan.7/forwarding", "0"}, {"kernel/panic", "9"}};
  EXPECT_THAT(
      in_words(settings,
               "#!/bin/sh\n"
               "# ip_forward is set below\n"
               "sysctl -w net.ipv4.ip_forward_use_pmtu=0 net.ipv4.ip_forward=1\n"
               "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 >$f; done\n"
               "echo 1 >/proc/sys/net/ipv4/tcp_syncookies\n"
               "sysctl -w net.ipv6.conf.vlan/7.forwarding=0\n"
               "panic() { exit 1; }\n"
               "sysctl -p\n"),
      ElementsAre("net.ipv4.ip_forward = 1 (line 3)", "net.ipv4.conf.{all,eth0}.rp_filter = 1 (line 4)",
                  "net.ipv4.tcp_syncookies = 1 (line 5)", "net.ipv6.conf.vlan/7.forwarding = 0 (line 6)",
                  "kernel.panic = 9"));
}

TEST(SettingWords, OfVeryManyTheFirstAreNamed) {
  std::vector<WrittenSetting> settings;
  for (int i = 10; i < 40; ++i) settings.push_back({"vm/s" + std::to_string(i), "1"});
  auto words = in_words(settings, "");
  ASSERT_EQ(words.size(), 21U);
  EXPECT_EQ(words.back(), "and 10 more");
}

}  // namespace
}  // namespace pyfw
