#include "sys/host_settings.h"

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

class SettingsOf : public InOwnNamespace {};

TEST_F(SettingsOf, ANamespaceAreItsOwn) {
  sh("ip link add one type veth peer name two && sysctl -qw net.ipv4.ip_forward=1 net.ipv4.ip_default_ttl=77"
     " net.ipv4.conf.one.rp_filter=2 net.ipv4.conf.one.route_localnet=1 net.ipv6.conf.one.forwarding=1");
  auto settings = read_settings();
  EXPECT_TRUE(settings.ip_forward);
  EXPECT_EQ(settings.default_ttl, 77);
  EXPECT_EQ(settings.interfaces["one"],
            (InterfaceSettings{
                .rp_filter = 2, .route_localnet = true, .forwards_ipv4 = true, .forwards_ipv6 = true}));
  sh("sysctl -qw net.ipv4.ip_forward=0");
  settings = read_settings();
  EXPECT_FALSE(settings.ip_forward);
  EXPECT_FALSE(settings.interfaces["one"].forwards_ipv4);
  EXPECT_TRUE(settings.interfaces.contains("all") && settings.interfaces.contains("default"));
}

TEST_F(SettingsOf, ABridgeAsksTheTablesWhereItIsSoSet) {
  if (access("/proc/sys/net/bridge", F_OK) != 0) GTEST_SKIP() << "there is no br_netfilter";
  sh("sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=0");
  EXPECT_TRUE(read_settings().bridge_nf_call_iptables);
  EXPECT_FALSE(read_settings().bridge_nf_call_ip6tables);
  sh("sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=1");
  EXPECT_FALSE(read_settings().bridge_nf_call_iptables);
  EXPECT_TRUE(read_settings().bridge_nf_call_ip6tables);
}

TEST(Settings, WhatIsNotThereIsOff) { EXPECT_EQ(read_settings("/nowhere"), Settings()); }

}  // namespace
}  // namespace pyfw
