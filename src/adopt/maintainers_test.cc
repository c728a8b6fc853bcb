#include "adopt/maintainers.h"

#include <gtest/gtest.h>

#include "adopt/promise_for_tests.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

State state_from(const std::string& save) {
  State state;
  state.iptables = parse_iptables_save(source_of("save", save)).value();
  return state;
}

std::string program_of_rule(const State& state, const std::string& table, const std::string& chain,
                            const std::string& text) {
  auto recognised = Maintainers(state).of_rule({Family::kIpv4, table, chain}, {text});
  return recognised ? std::string(recognised->row->program) : "";
}

const State kDocker = state_from(
    "*filter\n:FORWARD DROP [0:0]\n:DOCKER - [0:0]\n:DOCKER-USER - [0:0]\n:DOCKER-ISOLATION-STAGE-1 - [0:0]\n"
    ":DOCKER-ISOLATION-STAGE-2 - [0:0]\n-A FORWARD -o shop -j DOCKER\n-A DOCKER -i eth0 -j DROP\n"
    "-A DOCKER-ISOLATION-STAGE-1 -i shop ! -o shop -j DOCKER-ISOLATION-STAGE-2\nCOMMIT\n");

TEST(Maintainers, DockersRulesInForwardAreToldByItsBridges) {
  EXPECT_EQ(program_of_rule(kDocker, "filter", "FORWARD", "-i shop ! -o shop -j ACCEPT"), "Docker");
  EXPECT_EQ(program_of_rule(kDocker, "filter", "FORWARD", "-i docker0 -o docker0 -j ACCEPT"), "Docker");
  EXPECT_EQ(program_of_rule(kDocker, "nat", "POSTROUTING", "-s 172.18.0.0/16 ! -o shop -j MASQUERADE"),
            "Docker");
  EXPECT_EQ(program_of_rule(kDocker, "filter", "FORWARD", "-i eth0 -o eth0 -j ACCEPT"), "");
  EXPECT_EQ(program_of_rule(kDocker, "filter", "FORWARD", "-i shop -p tcp -j ACCEPT"), "");
  EXPECT_EQ(program_of_rule(kDocker, "nat", "POSTROUTING", "-s 10.0.0.0/8 ! -o eth0 -j MASQUERADE"), "");
}

TEST(Maintainers, OnlyForwardsJumpToDockerUserIsDockers) {
  EXPECT_EQ(program_of_rule(kDocker, "filter", "FORWARD", "-j DOCKER-USER"), "Docker");
  EXPECT_EQ(program_of_rule(kDocker, "filter", "INPUT", "-i eth0 -j DOCKER-USER"), "");
  EXPECT_EQ(program_of_rule(kDocker, "filter", "DOCKER-USER", "-j RETURN"), "Docker");
  EXPECT_EQ(program_of_rule(kDocker, "filter", "DOCKER-USER", "-s 10.0.0.0/8 -j RETURN"), "");
}

TEST(Maintainers, ARuleWithTheOwnersCommentIsTheOwners) {
  EXPECT_EQ(program_of_rule(kDocker, "filter", "FORWARD", "-o shop -m comment --comment mine -j DOCKER"), "");
}

TEST(Maintainers, ChainsThatAnybodyMayHaveAreFirewalldsOnlyBesideItsOthers) {
  std::string rest = ":IN_public - [0:0]\nCOMMIT\n";
  ChainId zone{Family::kIpv4, "filter", "IN_public"};
  EXPECT_EQ(Maintainers(state_from("*filter\n" + rest)).of_chain(zone), nullptr);
  EXPECT_NE(Maintainers(state_from("*filter\n:INPUT_ZONES - [0:0]\n" + rest)).of_chain(zone), nullptr);
}

TEST(Maintainers, OfProxmoxAreItsMachinesChainsToo) {
  auto host =
      state_from("*filter\n:INPUT ACCEPT [0:0]\n:PVEFW-INPUT - [0:0]\n:tap100i0-IN - [0:0]\nCOMMIT\n");
  EXPECT_EQ(Maintainers(host).of_chain({Family::kIpv4, "filter", "tap100i0-IN"})->program, "Proxmox VE");
  EXPECT_EQ(program_of_rule(host, "filter", "INPUT", "-j PVEFW-INPUT"), "Proxmox VE");
  auto other = state_from("*filter\n:tap100i0-IN - [0:0]\nCOMMIT\n");
  EXPECT_EQ(Maintainers(other).of_chain({Family::kIpv4, "filter", "tap100i0-IN"}), nullptr);
}

TEST(Maintainers, NetBirdAndTheZonesOfFirewalldsForwardAreKnown) {
  auto host = state_from(
      "*filter\n:FORWARD ACCEPT [0:0]\n:INPUT_ZONES - [0:0]\n:FORWARD_ZONES - [0:0]\n:NETBIRD-RT-FWD-IN - "
      "[0:0]\nCOMMIT\n");
  EXPECT_EQ(program_of_rule(host, "filter", "FORWARD", "-j FORWARD_ZONES"), "firewalld");
  EXPECT_EQ(program_of_rule(host, "filter", "FORWARD", "-j NETBIRD-RT-FWD-IN"), "NetBird");
}

TEST(Maintainers, SetsAndPoliciesOfCsfAndProxmoxAreTheirs) {
  auto host = state_from(
      "*filter\n:INPUT DROP [0:0]\n:LOCALINPUT - [0:0]\n:PVEFW-INPUT - [0:0]\n-A INPUT -m set --match-set "
      "chain_DENY src -j DROP\n-A INPUT -m set --match-set PVEFW-0-blacklist-v4 src -j DROP\nCOMMIT\n");
  const auto* owner = Maintainers(host).of_policy({Family::kIpv4, "filter", "INPUT"});
  ASSERT_NE(owner, nullptr);
  EXPECT_EQ(owner->program, "CSF");
  EXPECT_EQ(program_of_rule(host, "filter", "INPUT", "-m set --match-set chain_DENY src -j DROP"), "CSF");
  EXPECT_EQ(program_of_rule(host, "filter", "INPUT", "-m set --match-set PVEFW-0-blacklist-v4 src -j DROP"),
            "Proxmox VE");
}

TEST(Maintainers, WhatUfwDockerPutsIntoDockerUserIsItsOwn) {
  std::string chains = "*filter\n:FORWARD DROP [0:0]\n:DOCKER-USER - [0:0]\n:ufw-user-forward - [0:0]\n";
  auto host = state_from(chains + ":ufw-docker-logging-deny - [0:0]\nCOMMIT\n");
  auto with_ufw_alone = state_from(chains + "COMMIT\n");
  for (const auto* rule : {"-s 10.0.0.0/8 -j RETURN", "-s 192.168.0.0/16 -j RETURN",
                           "-p udp -m udp --sport 53 --dport 1024:65535 -j RETURN",
                           "-m conntrack --ctstate INVALID -j DROP", "-i docker0 -o docker0 -j ACCEPT",
                           "-d 172.16.0.0/12 -p udp -m udp --dport 0:32767 -j ufw-docker-logging-deny"}) {
    EXPECT_EQ(program_of_rule(host, "filter", "DOCKER-USER", rule), "ufw-docker") << rule;
    EXPECT_EQ(program_of_rule(with_ufw_alone, "filter", "DOCKER-USER", rule), "") << rule;
  }
  EXPECT_EQ(program_of_rule(host, "filter", "DOCKER-USER", "-j ufw-user-forward"), "ufw");
  EXPECT_EQ(program_of_rule(host, "filter", "DOCKER-USER", "-s 10.9.0.0/16 -j RETURN"), "");
}

TEST(Maintainers, OfOpenWrtTheChainsOfItsZonesAreItsAndThoseForCustomRulesAreNot) {
  auto host = state_from(
      "*filter\n:INPUT ACCEPT [0:0]\n:input_rule - [0:0]\n:reject - [0:0]\n:zone_lan_input - "
      "[0:0]\nCOMMIT\n");
  Maintainers maintainers(host);
  EXPECT_EQ(maintainers.of_chain({Family::kIpv4, "filter", "reject"})->program, "OpenWrt");
  EXPECT_EQ(maintainers.of_chain({Family::kIpv4, "filter", "input_rule"}), nullptr);
  EXPECT_EQ(program_of_rule(host, "filter", "INPUT", "-i lo -m comment --comment \"!fw3\" -j ACCEPT"),
            "OpenWrt");
  EXPECT_EQ(program_of_rule(host, "filter", "input_rule", "-s 10.0.0.1/32 -j ACCEPT"), "");
  EXPECT_EQ(Maintainers(state_from("*filter\n:reject - [0:0]\nCOMMIT\n"))
                .of_chain({Family::kIpv4, "filter", "reject"}),
            nullptr);
}

// As a Shorewall with two zones compiles its rules, beside Docker and fail2ban.
const State kShorewall = state_from(
    "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\n:DOCKER - [0:0]\n:DOCKER-USER - "
    "[0:0]\n:dynamic - [0:0]\n:eth0_fwd - [0:0]\n:eth0_in - [0:0]\n:f2b-sshd - [0:0]\n:fw-net - [0:0]\n"
    ":logdrop - [0:0]\n:loc-net - [0:0]\n:net-fw - [0:0]\n:net_frwd - [0:0]\n:reject - [0:0]\n:sfilter - "
    "[0:0]\n:sha-lh-1f2e - [0:0]\n:sha-rh-9a3c - [0:0]\n:shorewall - [0:0]\n:smurfs - [0:0]\n:tcpflags - "
    "[0:0]\n:~log0 - [0:0]\n"
    "-A INPUT -i eth0 -j eth0_in\n-A INPUT -i lo -j ACCEPT\n"
    "-A INPUT -m addrtype --dst-type BROADCAST -j DROP\n"
    "-A INPUT -j LOG --log-prefix \"Shorewall:INPUT:REJECT:\" --log-level 6\n-A INPUT -g reject\n"
    "-A eth0_in -j net-fw\n-A net-fw -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n");

TEST(Maintainers, OfShorewallAreAllChainsThatAreNobodyElses) {
  Maintainers maintainers(kShorewall);
  auto program = [&](const char* chain) {
    const auto* row = maintainers.of_chain({Family::kIpv4, "filter", chain});
    return row != nullptr ? std::string(row->program) : "";
  };
  for (const auto* chain : {"net-fw", "fw-net", "loc-net", "eth0_fwd", "net_frwd", "dynamic", "logdrop",
                            "reject", "sfilter", "tcpflags", "smurfs", "~log0", "sha-lh-1f2e"})
    EXPECT_EQ(program(chain), "Shorewall") << chain;
  EXPECT_EQ(program("DOCKER"), "Docker");
  EXPECT_EQ(program("f2b-sshd"), "fail2ban");
  EXPECT_EQ(program("DOCKER-USER"), "");
  const auto* policy = maintainers.of_policy({Family::kIpv4, "filter", "INPUT"});
  ASSERT_NE(policy, nullptr);
  EXPECT_EQ(policy->program, "Shorewall");
  EXPECT_EQ(Maintainers(state_from("*filter\n:net-fw - [0:0]\n:reject - [0:0]\nCOMMIT\n"))
                .of_chain({Family::kIpv4, "filter", "net-fw"}),
            nullptr);
}

TEST(Maintainers, OfShorewallAreItsRulesInTheChainsOfAllAndNotTheOwners) {
  for (const auto* text :
       {"-i eth0 -j eth0_in", "-i lo -j ACCEPT", "-g reject", "-m addrtype --dst-type MULTICAST -j DROP",
        "-j LOG --log-prefix \"Shorewall:INPUT:REJECT:\" --log-level 6",
        "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"})
    EXPECT_EQ(program_of_rule(kShorewall, "filter", "INPUT", text), "Shorewall") << text;
  EXPECT_EQ(program_of_rule(kShorewall, "raw", "OUTPUT", "-p tcp -m tcp --dport 21 -j CT --helper ftp"),
            "Shorewall");
  EXPECT_EQ(program_of_rule(kShorewall, "filter", "INPUT", "-s 198.51.100.7/32 -j DROP"), "");
  EXPECT_EQ(program_of_rule(kShorewall, "filter", "DOCKER-USER", "-i eth0 -j DROP"), "");
}

TEST(Maintainers, CsfHasInputAndOutputForItself) {
  auto host = state_from(
      "*filter\n:INPUT DROP [0:0]\n:OUTPUT DROP [0:0]\n:LOCALINPUT - [0:0]\n:DENYIN - [0:0]\n:LOGDROPIN - "
      "[0:0]\nCOMMIT\n");
  EXPECT_EQ(Maintainers(host).of_chain({Family::kIpv4, "filter", "DENYIN"})->program, "CSF");
  for (const auto* rule :
       {"! -i lo -j LOCALINPUT", "-i lo -j ACCEPT",
        "-s 8.8.8.8/32 ! -i lo -p udp -m udp --dport 53 -j ACCEPT",
        "! -i lo -p tcp -m conntrack --ctstate NEW -m tcp --dport 22 -j ACCEPT", "! -i lo -j LOGDROPIN"})
    EXPECT_EQ(program_of_rule(host, "filter", "INPUT", rule), "CSF") << rule;
  for (const auto* rule :
       {"-o lo -j ACCEPT", "! -o lo -p tcp -m conntrack --ctstate NEW -m tcp --dport 25 -j ACCEPT"})
    EXPECT_EQ(program_of_rule(host, "filter", "OUTPUT", rule), "CSF") << rule;
  EXPECT_EQ(program_of_rule(host, "filter", "INPUT", "-i eth0 -p tcp -m tcp --dport 22 -j ACCEPT"), "");
  EXPECT_EQ(program_of_rule(kDocker, "filter", "INPUT", "-i lo -j ACCEPT"), "");
}

TEST(Maintainers, ASetThatOnlyAProgramsRulesNameIsItsSet) {
  auto state = state_from(
      "*filter\n:INPUT ACCEPT [0:0]\n:INPUT_ZONES - [0:0]\n-A INPUT_ZONES -m set --match-set zone src -j "
      "ACCEPT\n"
      "-A INPUT_ZONES -m set --match-set both src -j ACCEPT\n-A INPUT -m set --match-set both src -j "
      "ACCEPT\nCOMMIT\n");
  for (const char* name : {"zone", "both", "lone"}) state.sets.push_back({.name = name, .type = "hash:ip"});
  Maintainers maintainers(state);
  EXPECT_NE(maintainers.of_set("zone"), nullptr);
  EXPECT_EQ(maintainers.of_set("both"), nullptr);
  EXPECT_EQ(maintainers.of_set("lone"), nullptr);
}

}  // namespace
}  // namespace pyfw
