#include "prove/chain_sums.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

int any(int end) { return *rc::gen::inRange(0, end); }

constexpr ChainIndex kChains = 4;

// Chain n jumps to those behind it only, as the kernel wants it.
std::vector<std::vector<ChainRule>> some_chains() {
  std::vector<std::vector<ChainRule>> chains(kChains);
  for (ChainIndex n = 0; n < kChains; ++n)
    for (int i = any(6); i > 0; --i) {
      std::string text;
      if (any(2) == 0)
        text += fmt::format("{}-s 10.0.0.{}/{} ", any(3) == 0 ? "! " : "", any(8), 30 + any(3));
      if (any(2) == 0) text += fmt::format("-p tcp -m tcp --dport {}:{} ", any(4), 4 + any(4));
      if (any(4) == 0) text += "-i eth0 ";
      auto to = static_cast<ChainIndex>(n + 1 + any(3));
      constexpr std::array kTargets = {"ACCEPT", "DROP", "REJECT --reject-with icmp-port-unreachable",
                                       "RETURN", "LOG"};
      bool jumps = to < kChains && any(2) == 0;
      if (jumps)
        text += fmt::format("{} CHAIN_{}", any(3) == 0 ? "-g" : "-j", to);
      else
        text += fmt::format("-j {}", kTargets[static_cast<std::size_t>(any(5))]);
      chains[n].push_back({.compiled = compile(Rule{text}, Family::kIpv4), .to = jumps ? to : kNoChain});
    }
  return chains;
}

enum class Verdict { kAccepted, kDropped, kRejected, kBack };

Verdict walk(const std::vector<std::vector<ChainRule>>& chains, ChainIndex chain, const Encounter& packet) {
  HostForTests host;
  for (const auto& rule : chains[chain]) {
    if (matches(rule.compiled, packet, host).answer != Answer::kYes) continue;
    const auto& target = rule.compiled.target;
    if (std::holds_alternative<Accept>(target)) return Verdict::kAccepted;
    if (std::holds_alternative<Drop>(target)) return Verdict::kDropped;
    if (std::holds_alternative<Reject>(target)) return Verdict::kRejected;
    if (std::holds_alternative<Return>(target)) return Verdict::kBack;
    if (const auto* jump = std::get_if<JumpTo>(&target)) {
      auto verdict = walk(chains, rule.to, packet);
      if (verdict != Verdict::kBack || jump->is_goto) return verdict;
    }
  }
  return Verdict::kBack;
}

RC_GTEST_PROP(ChainSumsOf, AChainAreWhatBecomesOfEachPacketInIt, ()) {
  auto chains = some_chains();
  PacketSpace space(Family::kIpv4);
  HostForTests host;
  const std::vector<std::string> interfaces = {"eth0", "eth1"};
  Meanings meanings(space, host, {}, interfaces);
  ChainSums sums(space, meanings, chains);
  sums.learn(0);
  space.settle();
  RC_ASSERT(sums.only_decides(0));
  Here here{.known = web_request()};
  auto sum = sums.of(0, here);
  auto& bdd = space.bdd();
  RC_ASSERT(bdd.either(bdd.either(sum.accepted, sum.dropped), bdd.either(sum.rejected, sum.back)) ==
            Bdd::kAll);
  for (int i = 0; i < 20; ++i) {
    auto packet = web_request();
    packet.packet.source = ip(fmt::format("10.0.0.{}", any(10)).c_str());
    packet.packet.protocol = any(3) == 0 ? kUdp : kTcp;
    packet.packet.destination_port = static_cast<std::uint16_t>(any(10));
    packet.in_interface = interfaces[static_cast<std::size_t>(any(2))];
    auto node = space.everything();
    auto take = [&](Field field, Point value) {
      auto of_class = space.classes(field).class_of(value);
      node = bdd.both(node, space.classes_node(field, std::span(&of_class, 1)));
    };
    take(Field::kSource, point_of(packet.packet.source));
    take(Field::kProtocol, {.low = packet.packet.protocol});
    take(Field::kDestinationPort, {.low = packet.packet.destination_port});
    take(Field::kInInterface, {.low = packet.in_interface == "eth0" ? 0U : 1U});
    take(Field::kFragment, {});
    auto verdict = walk(chains, 0, packet);
    RC_ASSERT(bdd.meet(node, sum.accepted) == (verdict == Verdict::kAccepted));
    RC_ASSERT(bdd.meet(node, sum.dropped) == (verdict == Verdict::kDropped));
    RC_ASSERT(bdd.meet(node, sum.rejected) == (verdict == Verdict::kRejected));
    RC_ASSERT(bdd.meet(node, sum.back) == (verdict == Verdict::kBack));
  }
}

std::vector<std::vector<ChainRule>> one_chain(const std::vector<std::string>& rules) {
  std::vector<std::vector<ChainRule>> chains(1);
  for (const auto& text : rules)
    chains[0].push_back({.compiled = compile(Rule{text}, Family::kIpv4), .to = kNoChain});
  return chains;
}

TEST(ChainSumsOf, WhatCantBeToldIsAVariableOneForAllThatAskTheSameButOneForEachChance) {
  auto free = [](const std::vector<std::string>& rules) {
    auto chains = one_chain(rules);
    PacketSpace space(Family::kIpv4);
    HostForTests host;
    Meanings meanings(space, host, {}, {"eth0"});
    ChainSums sums(space, meanings, chains);
    sums.learn(0);
    space.settle();
    auto sum = sums.of(0, {.known = web_request()});
    return space.bdd().meet(sum.accepted, space.everything());
  };
  // What the first lets through is what the second does not match either.
  EXPECT_FALSE(free({"-m string --string a --algo bm -j DROP", "-m string --string a --algo bm -j ACCEPT"}));
  EXPECT_TRUE(free({"-m limit --limit 3/min -j DROP", "-m limit --limit 3/min -j ACCEPT"}));
}

TEST(ChainSumsOf, AChainThatChangesPacketsDoesNotOnlyDecide) {
  for (const char* rule : {"-j MARK --set-xmark 0x1/0xffffffff", "-j DNAT --to-destination 10.0.0.1",
                           "-j NFQUEUE --queue-num 0"}) {
    auto chains = one_chain({rule});
    PacketSpace space(Family::kIpv4);
    HostForTests host;
    Meanings meanings(space, host, {}, {"eth0"});
    EXPECT_FALSE(ChainSums(space, meanings, chains).only_decides(0)) << rule;
  }
}

}  // namespace
}  // namespace pyfw
