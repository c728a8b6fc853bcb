#include "trace/sieve.h"

#include <gtest/gtest.h>

#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

Encounter at_forward(const Packet& packet) {
  return {.packet = packet, .hook = Hook::kForward, .in_interface = "eth0", .out_interface = "docker0"};
}

bool may_match(std::string_view rule, const Encounter& encounter) {
  Sieve sieve;
  sieve.add(compile(Rule{std::string(rule)}, encounter.packet.family()));
  return sieve.next(sieve_key(encounter), 0) == 0;
}

TEST(Sieve, PassesOverWhatAsksForAnotherAddressPortProtocolStateOrInterface) {
  auto encounter = at_forward(tcp("203.0.113.9", "172.17.0.2", 80));
  EXPECT_TRUE(
      may_match("-s 203.0.113.0/24 -d 172.17.0.2/32 -i eth0 -o docker0 -p tcp -m tcp --dport 80 -m conntrack "
                "--ctstate NEW,ESTABLISHED -j ACCEPT",
                encounter));
  for (const char* rule :
       {"-s 203.0.114.0/24 -j ACCEPT", "-d 172.17.0.3/32 -j ACCEPT", "-p udp -j ACCEPT",
        "-p tcp -m tcp --dport 81 -j ACCEPT", "-p tcp -m tcp --dport 1024:2047 -j ACCEPT",
        "-i eth1 -j ACCEPT", "-o eth0 -j ACCEPT", "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        "-m state --state INVALID -j ACCEPT"})
    EXPECT_FALSE(may_match(rule, encounter)) << rule;
}

TEST(Sieve, OfManyPacketsAsksWhatTheyHaveInCommon) {
  auto encounter = at_forward(tcp("203.0.113.9", "172.17.0.2", 80));
  auto may = [&](std::string_view rule, const SieveOpen& open) {
    Sieve sieve;
    sieve.add(compile(Rule{std::string(rule)}, Family::kIpv4));
    return sieve.next(sieve_key(encounter), sieve_mask(open), 0) == 0;
  };
  EXPECT_TRUE(may("-s 203.0.114.0/24 -j ACCEPT", {.source = true}));
  EXPECT_FALSE(may("-s 203.0.114.0/24 -d 172.17.0.3/32 -j ACCEPT", {.source = true}));
  EXPECT_TRUE(may("-d 172.17.0.3/32 -j ACCEPT", {.destination = true}));
  EXPECT_TRUE(may("-p tcp -m tcp --dport 81 -j ACCEPT", {.destination_port = true}));
  EXPECT_FALSE(may("-p udp -m udp --dport 81 -j ACCEPT", {.destination_port = true}));
  EXPECT_FALSE(may("-p tcp -m tcp --dport 81 -j ACCEPT", {.source = true, .destination = true}));
}

TEST(Sieve, LeavesToOthersWhatItCantTell) {
  auto encounter = at_forward(tcp("203.0.113.9", "172.17.0.2", 80));
  for (const char* rule :
       {"! -s 203.0.114.0/24 -j ACCEPT", "! -i eth1 -j ACCEPT", "-i eth+ -j ACCEPT", "! -p udp -j ACCEPT",
        "-p tcp -m multiport --dports 22,80 -j ACCEPT", "-p tcp -m tcp --dport 70:90 -j ACCEPT",
        "-p tcp -m tcp --dport 0:65535 -j ACCEPT", "-m conntrack ! --ctstate INVALID -j ACCEPT",
        "-m conntrack --ctstate INVALID,DNAT -j ACCEPT",
        "-m iprange --src-range 203.0.113.8-203.0.113.10 -j ACCEPT"})
    EXPECT_TRUE(may_match(rule, encounter)) << rule;
}

TEST(Sieve, OfIpv6WholeAddressesAreToldApart) {
  auto encounter = at_forward(tcp("2001:db8::9", "2001:db8::2", 80));
  EXPECT_TRUE(may_match("-s 2001:db8::9/128 -j ACCEPT", encounter));
  EXPECT_TRUE(may_match("-s 2001:db8::/64 -j ACCEPT", encounter));
  EXPECT_FALSE(may_match("-s 2001:db8::8/128 -j ACCEPT", encounter));
}

TEST(Sieve, FindsEachRuleThatMayMatchHoweverManyThereAre) {
  Sieve sieve;
  for (std::uint16_t port = 0; port < 100; ++port)
    sieve.add(
        compile(Rule{"-p tcp -m tcp --dport " + std::to_string(port % 33) + " -j ACCEPT"}, Family::kIpv4));
  auto key = sieve_key(at_forward(tcp("203.0.113.9", "172.17.0.2", 32)));
  EXPECT_EQ(sieve.next(key, 0), 32);
  EXPECT_EQ(sieve.next(key, 32), 32);
  EXPECT_EQ(sieve.next(key, 33), 65);
  EXPECT_EQ(sieve.next(key, 66), 98);
  EXPECT_EQ(sieve.next(key, 99), 100);
}

}  // namespace
}  // namespace pyfw
