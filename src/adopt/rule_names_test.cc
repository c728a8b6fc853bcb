#include "adopt/rule_names.h"

#include <gtest/gtest.h>

#include "nf/rule.h"

namespace pyfw {
namespace {

std::string name_of_text(const std::string& text) { return name_for(tokens_of({text})); }

TEST(NameFor, SaysWhatTheRuleDoes) {
  EXPECT_EQ(name_of_text("-s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT"), "allow_tcp_22_from_10_0_0_0_8");
  EXPECT_EQ(name_of_text("-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"), "allow_established");
  EXPECT_EQ(name_of_text("-m state --state INVALID -j DROP"), "drop_invalid");
  EXPECT_EQ(name_of_text("-i lo -j ACCEPT"), "allow_loopback");
  EXPECT_EQ(name_of_text("-s 172.17.0.0/16 -j MASQUERADE"), "masquerade_172_17_0_0_16");
  EXPECT_EQ(name_of_text("-s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"),
            "masquerade_172_17_0_0_16_out_not_docker0");
  EXPECT_EQ(name_of_text("-s 203.0.113.9/32 -j REJECT --reject-with icmp-port-unreachable"),
            "reject_from_203_0_113_9");
  EXPECT_EQ(name_of_text("-p tcp -j REJECT --reject-with tcp-reset"), "reject_tcp_with_tcp_reset");
  EXPECT_EQ(name_of_text("-p icmp -m icmp --icmp-type 8 -m limit --limit 5/sec -j ACCEPT"),
            "allow_icmp_8_limit_5_sec");
  EXPECT_EQ(name_of_text("-p tcp -m multiport --dports 80,443 -j ACCEPT"), "allow_tcp_80_443");
  EXPECT_EQ(name_of_text("-m set ! --match-set office src -j DROP"), "drop_from_not_office");
  EXPECT_EQ(name_of_text("-i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:8080"),
            "dnat_tcp_80_in_eth0_to_10_0_0_2_8080");
  EXPECT_EQ(name_of_text("-s 2001:db8::1/128 -i eth+ -j mine"), "mine_from_2001_db8_1_in_eth_any");
  EXPECT_EQ(name_of_text("-m addrtype --dst-type LOCAL -g other"), "goto_other_to_local");
}

TEST(NameFor, SaysFlagsAsPeopleWriteThem) {
  EXPECT_EQ(name_of_text("-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m state --state NEW -j DROP"),
            "drop_new_tcp_not_syn");
  EXPECT_EQ(name_of_text("-p tcp -m tcp --dport 22 --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT"),
            "allow_tcp_22_syn");
  EXPECT_EQ(name_of_text("-p tcp ! --syn -j DROP"), "drop_tcp_not_syn");
  EXPECT_EQ(name_of_text("-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -j DROP"),
            "drop_tcp_flags_all_none");
  EXPECT_EQ(name_of_text("-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG FIN,SYN,RST,PSH,ACK,URG -j DROP"),
            "drop_tcp_flags_all_all");
}

TEST(NameFor, SaysNoWordTwice) {
  EXPECT_EQ(name_of_text("-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu"),
            "tcpmss_tcp_flags_syn_rst_syn_clamp_mss_to_pmtu");
  EXPECT_EQ(name_of_text("-d 169.254.169.254/32 -m owner ! --uid-owner 0 -j DROP"),
            "drop_to_169_254_169_254_uid_owner_not_0");
}

TEST(NameFor, LongNamesAreCutAndStayApart) {
  std::string start = "-m comment --comment x -m string --string " + std::string(100, 'a');
  auto one = name_of_text(start + "b --algo bm -j DROP");
  auto other = name_of_text(start + "c --algo bm -j DROP");
  EXPECT_LE(one.size(), 80U);
  EXPECT_NE(one, other);
  EXPECT_EQ(one.substr(0, 40), other.substr(0, 40));
}

TEST(ChainNames, TheSecondOfANameGetsANumber) {
  ChainNames names;
  names.reserve("drop_2");
  EXPECT_EQ(names.unique("drop"), "drop");
  EXPECT_EQ(names.unique("drop"), "drop_3");
  EXPECT_EQ(names.unique("drop"), "drop_4");
  EXPECT_EQ(names.unique("drop_2"), "drop_2_2");
}

}  // namespace
}  // namespace pyfw
