#include "nft/native_rules.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/strings.h"
#include "nf/ruleset.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(Family family) {
  auto checked = refuse_native_rules(family);
  return checked ? "" : checked.error().message + "; " + checked.error().hint;
}

class NativeRulesTest : public InOwnNamespace {
 protected:
  // A table of iptables that has the rule in a user chain, behind one of iptables' own. False where this
  // kernel does not take it.
  static bool with_rule(Family family, std::string_view table, const std::string& rule) {
    auto program = std::string(program_of(family)) + "-nft -t " + std::string(table);
    sh(fmt::format("nft flush ruleset; {0} -N u; {0} -A u -j ACCEPT", program));
    auto line = fmt::format("add rule {} {} u {}\n", family == Family::kIpv4 ? "ip" : "ip6", table, rule);
    auto outcome = run({"/bin/sh", "-c", "nft -f -"}, {.input = line});
    return outcome && outcome->status == 0;
  }
};

// Rules that iptables-nft would never write: those that it shows wrongly, not at all, or refuses to show.
constexpr const char* kNative[] = {
    "ip saddr 10.0.0.1-10.0.0.9 drop",
    "ip saddr 10.0.0.1-10.0.0.9 counter drop",
    "ip saddr { 10.0.0.1, 10.0.0.2 } counter drop",
    "ip saddr 10.0.0.1 ip saddr 10.0.0.2 counter drop",
    "ip saddr & 255.0.0.0 == 10.1.0.0 counter drop",
    "ip daddr 10.0.0.1 ip saddr 10.0.0.2 counter drop",
    "ip saddr 10.0.0.1 drop",
    "ip ttl 5 counter drop",
    "ip length 100 counter drop",
    "ip dscp 10 counter drop",
    "ip frag-off 100 counter drop",
    "ip version 4 counter drop",
    "th dport 53 drop",
    "th dport 53 counter drop",
    "meta l4proto sctp th dport 53 counter drop",
    "meta l4proto { tcp, udp } th dport 53 counter drop",
    "meta l4proto { tcp, udp } counter drop",
    "meta l4proto 0 counter drop",
    "tcp flags syn drop",
    "tcp flags & (syn | ack) == syn drop",
    "tcp flags & (ecn | cwr) == ecn counter drop",
    "tcp flags & (syn | ecn) == syn counter drop",
    "tcp dport { 80, 443 } accept",
    "tcp dport { 80, 443 } counter accept",
    "tcp dport 80-90 counter accept",
    "tcp dport >= 80 counter accept",
    "tcp dport < 80 counter accept",
    "tcp dport 80 tcp dport 81 counter accept",
    "tcp dport 80 accept",
    "tcp window 5 counter accept",
    "tcp option maxseg exists counter drop",
    "udp length 20 counter drop",
    "sctp dport 80 counter drop",
    "icmp type echo-request counter accept",
    "iifname { eth0, eth1 } counter accept",
    "iifname eth0 counter accept",
    "iif lo counter accept",
    "oif lo counter accept",
    "meta mark 5 accept",
    "meta mark & 1 == 1 accept",
    "meta mark 5-7 counter accept",
    "meta mark > 7 counter accept",
    "meta mark set 5 counter",
    "counter meta mark set 5",
    "counter meta mark set 5 accept",
    "meta skuid 0 counter accept",
    "meta length 100 counter drop",
    "meta pkttype broadcast counter drop",
    R"(meta hour "01:00"-"02:00" counter drop)",
    "meta nftrace set 1",
    "ct state new",
    "ct state new accept",
    "ct state established,related counter accept",
    "ct state vmap { new : drop, established : accept }",
    "ct mark 5 counter accept",
    "ct count over 5 counter drop",
    "counter ct mark set 5",
    "tcp dport vmap { 22 : accept, 23 : drop }",
    "reject",
    "counter reject",
    "counter reject with icmp type host-unreachable",
    "counter reject with tcp reset",
    "limit rate 5/second accept",
    "limit rate over 5/second counter drop",
    "limit rate 5/week counter accept",
    "limit rate 60/minute counter accept",
    "limit rate 20000/second counter accept",
    "limit rate 5 kbytes/second counter accept",
    "log",
    "counter log",
    "counter log prefix \"x\" level info",
    "counter log group 5 accept",
    "counter log prefix \"1234567890123456789012345678901234567890123456789012345678901234\" group 5",
    "log group 5",
    "counter queue",
    "counter continue",
    "continue",
    "accept",
    "drop",
    "return",
    "counter ip saddr 10.0.0.1 drop",
    "counter counter drop",
    "quota over 5 mbytes counter drop",
    "numgen random mod 2 0 counter drop",
    "jhash ip saddr mod 2 0 counter drop",
    "fib saddr oif missing counter drop",
    "fib daddr type local counter accept",
    "rt classid 5 counter accept",
    "socket transparent 1 counter accept",
    "ip protocol tcp ip saddr 10.0.0.1 iifname eth0 counter drop",
    "@th,0,16 53 counter drop",
    "dup to 10.0.0.1",
    "counter notrack",
    "counter ip ttl set 5",
};
constexpr const char* kNativeNat[] = {
    "counter masquerade",       "masquerade",
    "counter dnat to 10.0.0.1", "tcp dport 80 dnat to 10.0.0.1:8080",
    "counter snat to 10.0.0.1", "tcp dport 80 counter redirect to :8080",
};
constexpr const char* kNativeIpv6[] = {
    "ip6 saddr 2001:db8::1-2001:db8::9 drop",
    "ip6 saddr 2001:db8::1 drop",
    "ip6 saddr { 2001:db8::1, 2001:db8::2 } counter drop",
    "ip6 nexthdr tcp counter drop",
    "ip6 hoplimit 5 counter drop",
    "ip6 saddr & ffff:: == 2001:db8:: counter drop",
    "icmpv6 type nd-neighbor-solicit counter accept",
    "exthdr frag exists counter drop",
    "frag frag-off 5 counter drop",
    "ct state new accept",
    "tcp dport { 80, 443 } counter accept",
    "counter reject with icmpv6 type no-route",
};

TEST_F(NativeRulesTest, EachIsRefusedByTableChainAndNumber) {
  int taken = 0;
  auto expect_refused = [&taken](Family family, std::string_view table, const std::string& rule) {
    SCOPED_TRACE(rule);
    if (!with_rule(family, table, rule)) return;
    ++taken;
    EXPECT_EQ(
        refusal(family),
        fmt::format("table '{}' of {} holds rules that iptables can't show: rule 2 of chain 'u'; they were "
                    "written by nft itself: see `nft list ruleset`, and move them to a table of their own",
                    table, program_of(family)));
    EXPECT_EQ(refusal(family == Family::kIpv4 ? Family::kIpv6 : Family::kIpv4), "");
  };
  for (const char* rule : kNative) expect_refused(Family::kIpv4, "filter", rule);
  for (const char* rule : kNativeNat) expect_refused(Family::kIpv4, "nat", rule);
  for (const char* rule : kNativeIpv6) expect_refused(Family::kIpv6, "filter", rule);
  for (const char* table : {"raw", "mangle", "security"})
    expect_refused(Family::kIpv4, table, "ct state new");
  EXPECT_GT(taken, 80);
}

// What nft writes as iptables does is shown as it is, and what it writes otherwise must not be taken for it.
TEST_F(NativeRulesTest, WhatIsTakenIsShownAsItIs) {
  int taken = 0;
  for (const char* rule : {
           "counter drop",
           "counter",
           "counter return",
           "counter goto u2",
           "ip saddr 10.0.0.1 counter accept",
           "ip saddr 10.0.0.0/8 ip daddr != 10.1.0.0/17 counter accept",
           "@nh,96,16 2560 counter drop",
           R"(iifname "eth*" oifname "e*" counter accept)",
           "meta l4proto tcp counter accept",
           "tcp dport 80 counter accept",
           "ip saddr 0.0.0.0 counter drop",
           "ip saddr != 0.0.0.0/8 counter drop",
           "ip daddr 255.255.255.255 counter drop",
           "tcp dport 0 counter drop",
           "tcp sport 0 tcp dport 0 counter drop",
           "tcp dport != 65535 counter drop",
           "tcp flags & 0x3f == 0 counter drop",
           "meta mark 0 counter drop",
           "meta mark 0xffffffff counter drop",
           "limit rate 1/day burst 10000 packets counter drop",
           "limit rate 10000/second counter drop",
           "tcp sport 80 tcp dport 81 counter accept",
           "tcp sport != 80 tcp dport != 81 counter accept",
           "tcp dport != 80-81 counter accept",
           "tcp dport <= 80 counter accept",
           "tcp flags syn counter drop",
           "tcp flags & (syn | ack) == syn counter drop",
           "udp dport 53 udp sport 53 counter drop",
           "meta mark 5 counter accept",
           "meta mark & 7 == 5 meta mark != 9 counter accept",
           "limit rate 5/second burst 7 packets counter accept",
           "limit rate 3/minute counter accept",
           "counter log group 5",
           R"(counter log prefix "x y" group 5 snaplen 64 queue-threshold 3)",
           "counter meta nftrace set 1",
           "ip frag-off & 0x1fff != 0 counter accept",
       }) {
    SCOPED_TRACE(rule);
    if (!with_rule(Family::kIpv4, "filter",
                   "counter; add chain ip filter u2; add rule ip filter u " + std::string(rule)))
      continue;
    ++taken;
    EXPECT_EQ(refusal(Family::kIpv4), "");
    auto saved = sh("iptables-nft-save -t filter | grep -v '^#'");
    auto listed = sh("nft -s list chain ip filter u 2>/dev/null");
    sh("nft flush ruleset; iptables-nft-restore", saved);
    EXPECT_EQ(sh("iptables-nft-save -t filter | grep -v '^#'"), saved);
    EXPECT_EQ(sh("nft -s list chain ip filter u 2>/dev/null"), listed);
  }
  EXPECT_GT(taken, 20);
}

// Older versions of iptables-nft asked for a protocol and kept a comment in ways that 1.8.9 still shows.
TEST_F(NativeRulesTest, WhatOlderVersionsWroteIsTaken) {
  with_rule(Family::kIpv4, "filter",
            "ip protocol tcp ip saddr 10.0.0.1 tcp dport 53 counter drop comment \"old one\"");
  EXPECT_EQ(refusal(Family::kIpv4), "");
  EXPECT_THAT(
      sh("iptables-nft-save"),
      HasSubstr("-A u -s 10.0.0.1/32 -p tcp -m tcp --dport 53 -m comment --comment \"old one\" -j DROP"));
}

TEST_F(NativeRulesTest, OtherThingsInATableOfIptablesAreRefused) {
  int taken = 0;
  auto expect_refused = [&taken](const std::string& command, std::string_view what) {
    SCOPED_TRACE(command);
    sh("nft flush ruleset; iptables-nft -A INPUT -j ACCEPT; iptables-nft -t nat -A OUTPUT -j ACCEPT; "
       "iptables-nft -N u; iptables-nft -A u");
    auto outcome = run({"/bin/sh", "-c", "nft -f -"}, {.input = command + "\n"});
    if (!outcome || outcome->status != 0) return;
    ++taken;
    EXPECT_THAT(refusal(Family::kIpv4), StartsWith(std::string(what)));
    EXPECT_EQ(refusal(Family::kIpv6), "");
  };
  constexpr std::string_view kHolds = "table 'filter' of iptables holds what iptables can't show: ";
  auto hidden = [&](std::string_view what) { return std::string(kHolds) + std::string(what) + "; "; };
  expect_refused("add set ip filter s { type ipv4_addr; }", hidden("the set or map 's'"));
  expect_refused("add map ip filter m { type ipv4_addr : verdict; }", hidden("the set or map 'm'"));
  expect_refused("add counter ip filter c", hidden("the object 'c'"));
  expect_refused("add quota ip filter q 5 mbytes", hidden("the object 'q'"));
  expect_refused("add flowtable ip filter f { hook ingress priority 0; devices = { lo }; }",
                 hidden("the flowtable 'f'"));
  expect_refused("add chain ip filter native { type filter hook input priority 0; }",
                 hidden("the chain 'native'"));
  expect_refused("add chain ip filter native { type filter hook prerouting priority -5; policy drop; }",
                 hidden("the chain 'native'"));
  expect_refused(
      "delete chain ip filter FORWARD; add chain ip filter FORWARD { type filter hook forward "
      "priority 5; }",
      hidden("the chain 'FORWARD'"));
  expect_refused(
      "delete chain ip filter FORWARD; add chain ip filter FORWARD { type filter hook input "
      "priority 0; }",
      hidden("the chain 'FORWARD'"));
  expect_refused("delete chain ip filter FORWARD; add chain ip filter FORWARD",
                 hidden("the chain 'FORWARD'"));
  expect_refused("add rule ip filter u counter jump { ip saddr 10.0.0.1 counter drop; }",
                 std::string(kHolds) + "the chain '__chain");
  expect_refused(
      "add table ip filter { flags dormant; }",
      "table 'filter' of iptables is dormant: no packet meets its rules; wake it: nft add table ip "
      "filter");
  EXPECT_GT(taken, 6);
}

TEST_F(NativeRulesTest, ADormantTableIsWokenAsTheHintSays) {
  sh("iptables-nft -A INPUT -j ACCEPT; nft 'add table ip filter { flags dormant; }'");
  EXPECT_NE(refusal(Family::kIpv4), "");
  sh("nft add table ip filter");
  EXPECT_EQ(refusal(Family::kIpv4), "");
}

TEST_F(NativeRulesTest, TheirOwnTablesAreNoneOfOurBusiness) {
  sh("iptables-nft -A INPUT -j ACCEPT; ip6tables-nft -A INPUT -j ACCEPT; nft -f -",
     "table ip mine { set s { type ipv4_addr; }\n chain c { type filter hook input priority 0;\n ct state "
     "new "
     "drop; }\n}\ntable inet filter { chain INPUT { type filter hook input priority 5;\n ct state new drop; "
     "}\n}\n");
  EXPECT_EQ(refusal(Family::kIpv4), "");
  EXPECT_EQ(refusal(Family::kIpv6), "");
}

TEST_F(NativeRulesTest, UserChainsMayBeMadeByNft) {
  sh("iptables-nft -A INPUT -j ACCEPT; nft -f -",
     "add chain ip filter mine\nadd rule ip filter mine counter accept\n");
  EXPECT_EQ(refusal(Family::kIpv4), "");
}

TEST_F(NativeRulesTest, AskingMakesNoTable) {
  EXPECT_EQ(refusal(Family::kIpv4), "");
  EXPECT_EQ(sh("nft list tables"), "");
}

// Forms that no file among the golden ones has.
TEST_F(NativeRulesTest, WhatIptablesWritesIsTaken) {
  for (const char* rule : {
           "-i + -s 10.0.0.1",
           "-i + -p tcp",
           "! -i + -j DROP",
           "-i a23456789012345 -j DROP",
           "-i a2345678901234+ -j DROP",
           "-i a -j DROP",
           "-i a+ -j DROP",
           "-s 10.0.0.1/0.0.255.0",
           "-s 10.0.0.1/255.0.0.255 ! -d 10.0.0.0/9",
           "-s 128.0.0.0/1",
           "-p 255",
           "-p tcp -f",
           "! -p tcp -m tcp --dport 80",
           "-p tcp -m tcp --sport 80 --dport 81",
           "-p tcp -m tcp ! --sport 80 ! --dport 81",
           "-p tcp -m tcp --sport 80 ! --dport 81",
           "-p tcp -m tcp --sport 80:81 ! --dport 81:82",
           "-p tcp -m tcp ! --sport 0:9",
           "-p tcp -m tcp ! --dport 9:65535",
           "-p tcp -m tcp --sport 0:65535",
           "-p tcp -m tcp ! --sport 0:65535",
           "-p tcp -m tcp --sport 0:0",
           "-p tcp -m tcp --dport 65535:65535",
           "-p tcp -m tcp --tcp-flags SYN ALL",
           "-p tcp -m tcp --tcp-flags NONE NONE",
           "-p tcp -m tcp --tcp-flags ALL NONE --sport 3 --dport 5",
           "-p tcp -m tcp --dport 80 -m comment --comment x -m tcp ! --syn --sport 8",
           "-p udp -m udp --sport 0:5 --dport 7:65535",
           "-m mark --mark 0/0",
           "-m mark --mark 9/7 -m mark ! --mark 1/1",
           "-m limit --limit 7777/min --limit-burst 10000",
           "-m limit --limit 1/day --limit-burst 1",
           "-m limit --limit 9999/sec",
           "-m limit --limit 7000/hour -m limit --limit 3/sec",
           "-j NFLOG --nflog-size 0",
           "-m time --timestart 01:00",
       }) {
    SCOPED_TRACE(rule);
    sh(fmt::format("nft flush ruleset; iptables-nft -A INPUT {}", rule));
    EXPECT_EQ(refusal(Family::kIpv4), "");
  }
  for (const char* rule : {"-s ::/1", "! -s 2001:db8::/33 -d ff00::/8", "-s 2001:db8::1 -p ipv6-icmp",
                           "-i + -p tcp -m tcp --dport 5", "-p ipv6-nonxt", "-s 2001::/ffff:0:ffff::"}) {
    SCOPED_TRACE(rule);
    sh(fmt::format("nft flush ruleset; ip6tables-nft -A INPUT {}", rule));
    EXPECT_EQ(refusal(Family::kIpv6), "");
  }
}

}  // namespace
}  // namespace pyfw
