// What a closed INPUT has to let in, however that is written.

#include "lint/for_tests.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr auto kLoopback = "- lo: -i lo -j ACCEPT";
constexpr auto kAnswers = "- answers: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";

// Of INPUT with the policy DROP, over IPv4. The hosts of these tests have IPv6, where nothing is closed.
std::vector<std::string> said(const std::vector<std::string>& lines, HostForTests host = {}) {
  auto found = said_of(chain_of("INPUT", lines, "iptables", "DROP"), std::move(host));
  std::erase(found, "ipv6-left-open at 5:25");
  return found;
}

TEST(ClosedInput, AsksForNothingMoreThanIsNeeded) { EXPECT_THAT(said({kLoopback, kAnswers}), IsEmpty()); }

TEST(ClosedInput, AnswersMayBeLetInByAnySpelling) {
  for (auto* answers : {"- a: -m state --state ESTABLISHED,RELATED -j ACCEPT",
                        "- a: -m conntrack ! --ctstate NEW,INVALID -j ACCEPT",
                        "- a: -m conntrack --ctstate RELATED,ESTABLISHED -i eth0 -j ACCEPT"})
    EXPECT_THAT(said({kLoopback, answers}), Not(Contains(StartsWith("input-without-")))) << answers;
  EXPECT_THAT(said({kLoopback, "- a: -p tcp ! --syn -j ACCEPT", "- b: -p icmp -j ACCEPT"}), IsEmpty());
  EXPECT_THAT(said({kLoopback, "- a: -p icmp -j ACCEPT"}), ElementsAre("input-without-established at 5:25"));
}

// As often in scripts: `ip6tables -P INPUT DROP; ip6tables -P OUTPUT DROP; ip6tables -P FORWARD DROP`.
TEST(ClosedInput, AFamilyThatIsSwitchedOffNeedsNothing) {
  auto both = [](std::string_view input, std::string_view output) {
    return said_of("pyfw_wishes:\n  ip6tables:\n    filter:\n      INPUT:\n        default_action: DROP\n" +
                   std::string(input) + "      OUTPUT:\n        default_action: DROP\n" +
                   std::string(output));
  };
  std::string in_loopback = "        rules: [ lo: -i lo -j ACCEPT ]\n";
  std::string out_loopback = "        rules: [ lo: -o lo -j ACCEPT ]\n";
  EXPECT_THAT(both("", ""), IsEmpty());
  EXPECT_THAT(both(in_loopback, out_loopback), IsEmpty());
  EXPECT_THAT(both("", out_loopback), ElementsAre("input-without-loopback at 5:25"));
  // Somebody is to be let in, or to be asked.
  EXPECT_THAT(both("        rules: [ ssh: -p tcp --dport 22 -j ACCEPT ]\n", ""),
              Contains(StartsWith("input-without-neighbours")));
  EXPECT_THAT(both("", "        rules: [ dns: -p udp --dport 53 -j ACCEPT ]\n"),
              Contains(StartsWith("input-without-established")));
}

TEST(ClosedInput, WhatMatchesByATextInPacketsIsNotWhatClosesIt) {
  EXPECT_THAT(said({"- d: -m string --string x --algo bm -j DROP", kAnswers}),
              Contains("input-without-loopback at 5:25"));
}

TEST(ClosedInput, AUserChainCounts) {
  std::string text = chain_of("INPUT", {kLoopback, "- on: -j common"}, "iptables", "DROP");
  text += "      common:\n        rules:\n        " + std::string(kAnswers) + "\n";
  EXPECT_THAT(said_of(text), ElementsAre("ipv6-left-open at 5:25"));
}

TEST(ClosedInput, IsAlsoOneThatALastRuleCloses) {
  EXPECT_THAT(said_of(chain_of("INPUT", {kLoopback, "- no: -j DROP"})),
              ElementsAre("input-without-established at 7:18", "input-without-icmp-errors at 7:18",
                          "ipv6-left-open at 7:18"));
  EXPECT_THAT(said_of(chain_of("INPUT", {kAnswers, "- no: -i eth0 -p tcp --dport 23 -j DROP"})), IsEmpty());
}

TEST(ClosedInput, OthersMayHaveLetInWhatItNeeds) {
  HostForTests host;
  host.rules(
      filter("-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"));
  EXPECT_THAT(said({"- ssh: -p tcp --dport 22 -j ACCEPT"}, host), IsEmpty());
}

TEST(ClosedInput, LoopbackByItsAddressIsFine) {
  EXPECT_THAT(said({"- lo: -s 127.0.0.0/8 -j ACCEPT", kAnswers}), IsEmpty());
  EXPECT_THAT(said({kAnswers}), ElementsAre("input-without-loopback at 5:25"));
}

TEST(ClosedInput, SshIsMissedWhereItListens) {
  HostForTests host;
  host.listener(kTcp, "0.0.0.0", 2222, "sshd");
  EXPECT_THAT(said({kLoopback, kAnswers}, host), ElementsAre("input-without-ssh at 5:25"));
  EXPECT_THAT(
      said({kLoopback, kAnswers, "- s: -s 10.1.0.0/24 -p tcp -m multiport --dports 80,2222 -j ACCEPT"}, host),
      IsEmpty());
}

TEST(ClosedInput, SshToTheLoopbackAloneIsNotMissed) {
  HostForTests host;
  host.listener(kTcp, "127.0.0.1", 22, "sshd");
  EXPECT_THAT(said({kLoopback, kAnswers}, host), IsEmpty());
}

TEST(ClosedInput, OwnConnectionIsTracedFromItsAddress) {
  CtTuple connection{.source = ip("198.51.100.7"),
                     .destination = ip("192.0.2.1"),
                     .source_port = 50000,
                     .destination_port = 22};
  auto said_with = [&](const std::string& ssh) {
    auto text = chain_of("INPUT", {kLoopback, kAnswers, ssh}, "iptables", "DROP");
    return said_of(text, {}, connection);
  };
  EXPECT_THAT(said_with("- ssh: -s 203.0.113.0/24 -p tcp --dport 22 -j ACCEPT"),
              Contains("input-without-ssh at 5:25"));
  EXPECT_THAT(said_with("- ssh: -s 198.51.100.0/24 -p tcp --dport 22 -j ACCEPT"),
              Not(Contains(StartsWith("input-without-ssh"))));
}

TEST(ClosedInput, NeighboursAreIpv6s) {
  auto ipv6 = [](const std::vector<std::string>& lines) {
    return said_of(chain_of("INPUT", lines, "ip6tables", "DROP"));
  };
  EXPECT_THAT(ipv6({kLoopback, kAnswers}), ElementsAre("input-without-neighbours at 5:25"));
  EXPECT_THAT(ipv6({kLoopback, kAnswers, "- n: -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT",
                    "- a: -p ipv6-icmp -m icmp6 --icmpv6-type 136 -j ACCEPT"}),
              IsEmpty());
  EXPECT_THAT(ipv6({kLoopback, kAnswers, "- n: -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT"}),
              ElementsAre("input-without-neighbours at 5:25"));
  EXPECT_THAT(ipv6({kLoopback, kAnswers, "- n: -p ipv6-icmp -m conntrack --ctstate NEW -j ACCEPT"}),
              ElementsAre("input-without-neighbours at 5:25"));
}

TEST(ClosedInput, BothFamiliesMayBeClosedAtOnce) {
  EXPECT_THAT(said_of(chain_of("INPUT", {kLoopback, kAnswers}, "ip46tables", "DROP")),
              ElementsAre("input-without-neighbours at 5:25"));
}

TEST(Ipv6LeftOpen, IsNotSaidOfAHostWithoutIpv6) {
  HostForTests host;
  for (auto& interface : host.facts().interfaces)
    std::erase_if(interface.addresses, [](const Prefix& one) { return one.ip.family() == Family::kIpv6; });
  EXPECT_THAT(said_of(chain_of("INPUT", {kLoopback, kAnswers}, "iptables", "DROP"), host), IsEmpty());
}

TEST(Ipv6LeftOpen, AForwardIsSaidWhereTheHostForwardsIpv6) {
  HostForTests host;
  auto text = chain_of("FORWARD", {kAnswers}, "iptables", "DROP");
  EXPECT_THAT(said_of(text, host), IsEmpty());
  host.facts().settings.emplace().interfaces["all"].forwards_ipv6 = true;
  for (auto& interface : host.facts().interfaces)
    if (interface.name != "lo") interface.addresses.push_back(*Prefix::parse("2001:db8:7::1/64"));
  EXPECT_THAT(said_of(text, host), ElementsAre("ipv6-left-open at 5:25"));
  text += "  ip6tables:\n    filter:\n      FORWARD:\n        default_action: DROP\n";
  EXPECT_THAT(said_of(text, host), IsEmpty());
}

}  // namespace
}  // namespace pyfw
