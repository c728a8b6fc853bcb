// What targets do, by the texts that iptables-save prints of them.

#include <gtest/gtest.h>

#include "ext/evaluate.h"
#include "ext/rows.h"

namespace pyfw {
namespace {

template <typename Effect>
Effect effect_of(const char* rule, Family family = Family::kIpv4) {
  auto target = compile(Rule{rule}, family).target;
  if (const auto* effect = std::get_if<Effect>(&target)) return *effect;
  ADD_FAILURE() << rule << " has another effect, number " << target.index();
  return {};
}

template <typename Effect>
bool has_effect(const char* rule, Family family = Family::kIpv4) {
  return std::holds_alternative<Effect>(compile(Rule{rule}, family).target);
}

Ip ip(const char* text) { return Ip::parse(text).value(); }

TEST(Targets, Verdicts) {
  EXPECT_TRUE(has_effect<Accept>("-j ACCEPT"));
  EXPECT_TRUE(has_effect<Drop>("-p tcp -j DROP"));
  EXPECT_TRUE(has_effect<Return>("-j RETURN"));
  EXPECT_TRUE(has_effect<Continue>("-p tcp"));
}

TEST(Targets, ChainsAreJumpedOrGoneTo) {
  auto jump = effect_of<JumpTo>("-i eth0 -j DOCKER-USER");
  EXPECT_EQ(jump.chain, "DOCKER-USER");
  EXPECT_FALSE(jump.is_goto);
  auto go = effect_of<JumpTo>("-g chain.with.dots");
  EXPECT_EQ(go.chain, "chain.with.dots");
  EXPECT_TRUE(go.is_goto);
}

TEST(Targets, RejectSaysWithWhat) {
  EXPECT_EQ(effect_of<Reject>("-j REJECT --reject-with icmp-port-unreachable").with, "icmp-port-unreachable");
  EXPECT_EQ(effect_of<Reject>("-p tcp -j REJECT --reject-with tcp-reset").with, "tcp-reset");
  EXPECT_EQ(effect_of<Reject>("-j REJECT").with, "icmp-port-unreachable");
  EXPECT_EQ(effect_of<Reject>("-j REJECT", Family::kIpv6).with, "icmp6-port-unreachable");
}

TEST(Targets, DnatToAddressesAndPorts) {
  auto nat =
      effect_of<Nat>("-p tcp -j DNAT --to-destination 1.1.1.1-1.1.1.8:1000-1016 --random --persistent");
  EXPECT_EQ(nat.kind, Nat::Kind::kDnat);
  EXPECT_EQ(nat.addresses, (AddressRange{ip("1.1.1.1"), ip("1.1.1.8")}));
  EXPECT_EQ(nat.ports, (PortRange{1000, 1016}));
  EXPECT_TRUE(nat.is_random);
  EXPECT_TRUE(nat.is_persistent);
  nat = effect_of<Nat>("-p tcp -j DNAT --to-destination 172.17.0.2:80");
  EXPECT_EQ(nat.addresses, (AddressRange{ip("172.17.0.2"), ip("172.17.0.2")}));
  EXPECT_EQ(nat.ports, (PortRange{80, 80}));
  EXPECT_FALSE(nat.is_random);
  nat = effect_of<Nat>("-p tcp -j DNAT --to-destination 172.17.0.2:6000-6010/6000");
  EXPECT_EQ(nat.ports, (PortRange{6000, 6010}));
  EXPECT_EQ(nat.port_base, 6000);
  nat = effect_of<Nat>("-p tcp -j DNAT --to-destination :8080");
  EXPECT_FALSE(nat.addresses);
  EXPECT_EQ(nat.ports, (PortRange{8080, 8080}));
}

TEST(Targets, DnatOfIpv6) {
  auto nat = effect_of<Nat>("-p tcp -j DNAT --to-destination [2001:db8::2]:80", Family::kIpv6);
  EXPECT_EQ(nat.addresses, (AddressRange{ip("2001:db8::2"), ip("2001:db8::2")}));
  EXPECT_EQ(nat.ports, (PortRange{80, 80}));
  nat = effect_of<Nat>("-j DNAT --to-destination 2001:db8::2-2001:db8::9", Family::kIpv6);
  EXPECT_EQ(nat.addresses, (AddressRange{ip("2001:db8::2"), ip("2001:db8::9")}));
  EXPECT_FALSE(nat.ports);
  nat = effect_of<Nat>("-j DNAT --to-destination ::1", Family::kIpv6);
  EXPECT_EQ(nat.addresses, (AddressRange{ip("::1"), ip("::1")}));
  nat = effect_of<Nat>("-p tcp -j DNAT --to-destination :8080", Family::kIpv6);
  EXPECT_EQ(nat.ports, (PortRange{8080, 8080}));
  nat = effect_of<Nat>("-p udp -j DNAT --to-destination [2001:db8::2-2001:db8::9]:1-5", Family::kIpv6);
  EXPECT_EQ(nat.addresses, (AddressRange{ip("2001:db8::2"), ip("2001:db8::9")}));
  EXPECT_EQ(nat.ports, (PortRange{1, 5}));
}

TEST(Targets, SourcesAreTranslatedToo) {
  auto nat = effect_of<Nat>("-p tcp -j SNAT --to-source 192.0.2.1:1024-65535 --random-fully");
  EXPECT_EQ(nat.kind, Nat::Kind::kSnat);
  EXPECT_EQ(nat.ports, (PortRange{1024, 65535}));
  EXPECT_TRUE(nat.is_random);
  nat = effect_of<Nat>("-o eth0 -j MASQUERADE");
  EXPECT_EQ(nat.kind, Nat::Kind::kMasquerade);
  EXPECT_FALSE(nat.ports);
  nat = effect_of<Nat>("-p udp -j MASQUERADE --to-ports 1024-65535 --random");
  EXPECT_EQ(nat.ports, (PortRange{1024, 65535}));
  nat = effect_of<Nat>("-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128");
  EXPECT_EQ(nat.kind, Nat::Kind::kRedirect);
  EXPECT_EQ(nat.ports, (PortRange{3128, 3128}));
  nat = effect_of<Nat>("-d 1.2.3.0/24 -j NETMAP --to 10.0.0.0/24");
  EXPECT_EQ(nat.kind, Nat::Kind::kNetmap);
  EXPECT_EQ(nat.network, Prefix::parse("10.0.0.0/24"));
}

TEST(Targets, MarksAreSetUnderAMask) {
  auto mark = effect_of<SetMark>("-j MARK --set-xmark 0x5/0xff");
  EXPECT_FALSE(mark.of_connection);
  EXPECT_EQ(mark.clear, 0xffU);
  EXPECT_EQ(mark.flip, 5U);
  mark = effect_of<SetMark>("-j CONNMARK --set-xmark 0xfeedcafe/0xfeedcafe");
  EXPECT_TRUE(mark.of_connection);
  EXPECT_EQ(mark.flip, 0xfeedcafeU);
  mark = effect_of<SetMark>("-j MARK --and-mark 0xf0");
  EXPECT_EQ((0xabcU & ~mark.clear) ^ mark.flip, 0xb0U);
  mark = effect_of<SetMark>("-j MARK --or-mark 0xf0");
  EXPECT_EQ((0xa0fU & ~mark.clear) ^ mark.flip, 0xaffU);
}

TEST(Targets, MarksAreCopiedUnderBothMasks) {
  auto copy = effect_of<CopyMark>("-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff00");
  EXPECT_TRUE(copy.to_connection);
  EXPECT_EQ(copy.from_mask, 0xffU);
  EXPECT_EQ(copy.to_mask, 0xff00U);
  copy = effect_of<CopyMark>("-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff00");
  EXPECT_FALSE(copy.to_connection);
  EXPECT_EQ(copy.from_mask, 0xff00U);
  EXPECT_EQ(copy.to_mask, 0xffU);
}

TEST(Targets, TrackingIsDecidedInRaw) {
  EXPECT_TRUE(has_effect<Untrack>("-j NOTRACK"));
  EXPECT_TRUE(has_effect<Untrack>("-j CT --notrack"));
  EXPECT_TRUE(has_effect<TrackAnyway>("-j CT --zone 12"));
  EXPECT_TRUE(has_effect<TrackAnyway>("-p tcp -m tcp --dport 21 -j CT --helper ftp"));
}

TEST(Targets, HeadersAreChanged) {
  auto ttl = effect_of<ChangeTtl>("-j TTL --ttl-dec 3");
  EXPECT_EQ(ttl.kind, ChangeTtl::Kind::kDecrement);
  EXPECT_EQ(ttl.value, 3);
  ttl = effect_of<ChangeTtl>("-j HL --hl-set 42", Family::kIpv6);
  EXPECT_EQ(ttl.kind, ChangeTtl::Kind::kSet);
  EXPECT_EQ(ttl.value, 42);
  auto tos = effect_of<ChangeTos>("-j TOS --set-tos 0x10/0x3f");
  EXPECT_EQ(tos.clear, 0x3f);
  EXPECT_EQ(tos.flip, 0x10);
  tos = effect_of<ChangeTos>("-j DSCP --set-dscp 0x2e");
  EXPECT_EQ((0x03 & ~tos.clear) ^ tos.flip, 0xbb);
  auto tcp = effect_of<ChangeTcp>("-p tcp -j ECN --ecn-tcp-remove");
  EXPECT_EQ(tcp.cleared_flags, 0xc0);
  tcp = effect_of<ChangeTcp>("-p tcp -j TCPOPTSTRIP --strip-options 2,3,8,99");
  EXPECT_EQ(tcp.stripped_options, 0x0c);
}

TEST(Targets, ATransparentProxy) {
  auto proxy = effect_of<TransparentProxy>(
      "-p udp -j TPROXY --on-port 12345 --on-ip 10.0.0.1 --tproxy-mark 0x23/0xff");
  EXPECT_EQ(proxy.port, 12345);
  EXPECT_EQ(proxy.address, ip("10.0.0.1"));
  EXPECT_EQ(proxy.mark, 0x23U);
  EXPECT_EQ(proxy.mask, 0xffU);
  EXPECT_FALSE(
      effect_of<TransparentProxy>("-p tcp -j TPROXY --on-port 1 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0")
          .address);
}

TEST(Targets, WhatLooksOnGoesOn) {
  for (const char* rule :
       {"-j LOG --log-prefix \"in, \"", "-j NFLOG --nflog-group 1", "-j TRACE", "-j AUDIT --type accept",
        "-j ULOG --ulog-nlgroup 2", "-j CLASSIFY --set-class 0:ffff", "-j TEE --gateway 192.0.2.1",
        "-j TCPMSS --clamp-mss-to-pmtu", "-j CHECKSUM --checksum-fill", "-j SECMARK --selctx x",
        "-j CONNSECMARK --save"})
    EXPECT_TRUE(has_effect<Continue>(rule)) << rule;
}

TEST(Targets, WhatNobodyCanTellIsNamedAsItStandsInTheRule) {
  for (const char* target :
       {"-j NFQUEUE --queue-num 5 --queue-bypass", "-j QUEUE", "-j SYNPROXY --sack-perm", "-j CHAOS --tarpit",
        "-j MARK --set-strange 5", "-j CONNMARK --save-mark --left-shift-mark 2"}) {
    auto effect = effect_of<Unpredictable>((std::string("-p tcp ") + target).c_str());
    EXPECT_EQ(effect.text, target);
    EXPECT_FALSE(effect.goes_on) << target;
  }
}

TEST(Targets, WhatChangesASetOrAMarkGoesOn) {
  auto effect = effect_of<Unpredictable>("-j SET --add-set ips src --exist --timeout 30");
  EXPECT_TRUE(effect.goes_on);
  EXPECT_EQ(effect.set, "ips");
  EXPECT_FALSE(effect.changes_mark);
  EXPECT_TRUE(effect_of<Unpredictable>("-j SET --map-set skb src --map-mark --map-prio").changes_mark);
  EXPECT_TRUE(effect_of<Unpredictable>("-j HMARK --hmark-mod 10 --hmark-rnd 0x1").changes_mark);
}

}  // namespace
}  // namespace pyfw
