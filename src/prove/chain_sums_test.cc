#include "prove/chain_sums.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

int any(int end) { return *rc::gen::inRange(0, end); }

constexpr int kChains = 4;
std::string name_of(int chain) { return chain == 0 ? "INPUT" : fmt::format("CHAIN_{}", chain); }

// Chain n jumps to those behind it only, as the kernel wants it.
std::string some_chains() {
  std::string out = "*filter\n:INPUT ACCEPT [0:0]\n";
  for (int n = 1; n < kChains; ++n) out += fmt::format(":{} - [0:0]\n", name_of(n));
  for (int n = 0; n < kChains; ++n)
    for (int i = any(6); i > 0; --i) {
      auto text = fmt::format("-A {} ", name_of(n));
      if (any(2) == 0)
        text += fmt::format("{}-s 10.0.0.{}/{} ", any(3) == 0 ? "! " : "", any(8), 30 + any(3));
      if (any(2) == 0) text += fmt::format("-p tcp -m tcp --sport {}:{} ", any(4), 4 + any(4));
      if (any(4) == 0) text += "-i eth0 ";
      auto to = n + 1 + any(3);
      constexpr std::array kTargets = {"ACCEPT",
                                       "DROP",
                                       "REJECT --reject-with icmp-port-unreachable",
                                       "REJECT --reject-with icmp-host-prohibited",
                                       "RETURN",
                                       "LOG"};
      if (to < kChains && any(2) == 0)
        text += fmt::format("{} {}", any(3) == 0 ? "-g" : "-j", name_of(to));
      else
        text += fmt::format("-j {}", kTargets[static_cast<std::size_t>(any(6))]);
      out += text + "\n";
    }
  return out + "COMMIT\n";
}

// What becomes of it: the target, or empty where it comes back.
std::string walk(const CompiledHost& host, ChainIndex chain, const Encounter& packet) {
  for (const auto& rule : host.rules[chain]) {
    if (matches(rule.compiled, packet, host.surroundings).answer != Answer::kYes) continue;
    const auto& target = rule.compiled.target;
    if (std::holds_alternative<Accept>(target)) return "ACCEPT";
    if (std::holds_alternative<Drop>(target)) return "DROP";
    if (const auto* reject = std::get_if<Reject>(&target)) return reject->with;
    if (std::holds_alternative<pyfw::Return>(target)) return "";
    if (const auto* jump = std::get_if<JumpTo>(&target)) {
      auto verdict = walk(host, rule.to, packet);
      if (!verdict.empty() || jump->is_goto) return verdict;
    }
  }
  return "";
}

// The packets are free in source and source port.
struct Summed {
  explicit Summed(const std::string& rules) : host(HostForTests().rules(rules).traced()) {
    input = *host.find(Backend::kNft, Family::kIpv4, "filter", "INPUT");
    sums.learn(input);
    space.settle();
    here.known.packet = tcp("192.0.2.7", "192.0.2.1", 80);
    here.known.hook = Hook::kInput;
    here.known.in_interface = "eth0";
    here.origins[index_of(Slot::kSource)] = {.is = Origin::Is::kField, .field = Field::kSource};
    here.origins[index_of(Slot::kSourcePort)] = {.is = Origin::Is::kField, .field = Field::kSourcePort};
  }

  TracedHost host;
  PacketSpace space{Family::kIpv4};
  SetAddresses addresses{};
  Meanings meanings{space, host.compiled().surroundings, {}, addresses, {Field::kSource, Field::kSourcePort}};
  ChainSums sums{space, meanings, host.compiled()};
  ChainIndex input = 0;
  Here here{};
};

RC_GTEST_PROP(ChainSumsOf, AChainAreWhatBecomesOfEachPacketInIt, ()) {
  Summed summed(some_chains());
  auto& space = summed.space;
  auto& bdd = space.bdd();
  auto here = summed.here;
  here.known.in_interface = any(2) == 0 ? "eth0" : "eth1";
  if (any(4) == 0) here.known.packet.protocol = kUdp;
  RC_ASSERT(summed.sums.only_decides(summed.input));
  auto sum = summed.sums.of(summed.input, here);
  auto all = bdd.either(bdd.either(sum.accepted, sum.dropped), sum.back);
  for (auto node : sum.rejected) all = bdd.either(all, node);
  RC_ASSERT(all == Bdd::kAll);
  for (int i = 0; i < 20; ++i) {
    auto packet = here.known;
    packet.packet.source = ip(fmt::format("10.0.0.{}", any(10)));
    packet.packet.source_port = static_cast<std::uint16_t>(any(10));
    auto node = space.everything();
    for (auto [field, slot] :
         {std::pair{Field::kSource, Slot::kSource}, {Field::kSourcePort, Slot::kSourcePort}}) {
      auto of_class = space.classes(field).class_of(value_of(slot, packet));
      node = bdd.both(node, space.classes_node(field, std::span(&of_class, 1)));
    }
    auto verdict = walk(summed.host.compiled(), summed.input, packet);
    RC_ASSERT(bdd.meet(node, sum.accepted) == (verdict == "ACCEPT"));
    RC_ASSERT(bdd.meet(node, sum.dropped) == (verdict == "DROP"));
    RC_ASSERT(bdd.meet(node, sum.back) == verdict.empty());
    int rejected = 0;
    for (auto kind : sum.rejected) rejected += bdd.meet(node, kind) ? 1 : 0;
    RC_ASSERT(rejected == (verdict.starts_with("icmp") ? 1 : 0));
  }
}

TEST(ChainSumsOf, EachAnswerThatRejectSendsIsCountedForItself) {
  Summed summed(
      filter("-A INPUT -s 10.0.0.1/32 -j REJECT --reject-with tcp-reset\n"
             "-A INPUT -j REJECT --reject-with icmp-port-unreachable\n"));
  auto sum = summed.sums.of(summed.input, summed.here);
  ASSERT_EQ(sum.rejected.size(), 2U);
  EXPECT_EQ(sum.rejected[1], summed.space.bdd().opposite(sum.rejected[0]));
}

TEST(ChainSumsOf, WhatCantBeToldIsAVariableOneForAllThatAskTheSameButOneForEachChance) {
  auto may_pass = [](const std::string& rules) {
    Summed summed(filter(rules));
    return summed.sums.of(summed.input, summed.here).accepted != Bdd::kNone;
  };
  // What the first lets through is what the second does not match either.
  EXPECT_FALSE(
      may_pass("-A INPUT -m string --string a --algo bm -j DROP\n"
               "-A INPUT -m string --string a --algo bm -j ACCEPT\n"));
  EXPECT_TRUE(
      may_pass("-A INPUT -m limit --limit 3/min -j DROP\n-A INPUT -m limit --limit 3/min -j ACCEPT\n"));
}

TEST(ChainSumsOf, AChainThatChangesPacketsDoesNotOnlyDecide) {
  for (const char* rule : {"-j MARK --set-xmark 0x1/0xffffffff", "-j NFQUEUE --queue-num 0"})
    EXPECT_FALSE([&] {
      Summed summed(filter(fmt::format("-A INPUT {}\n", rule)));
      return summed.sums.only_decides(summed.input);
    }()) << rule;
}

TEST(ChainSumsOf, WhatIsNotFollowedIsUntoldUnlessAllElseFails) {
  Summed summed(filter("-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --sport 7 -j DROP\n"));
  auto here = summed.here;
  here.origins[index_of(Slot::kSource)].is = Origin::Is::kCantBeTold;
  auto sum = summed.sums.of(summed.input, here);
  EXPECT_NE(sum.untold, Bdd::kNone);
  EXPECT_NE(sum.back, Bdd::kNone);
  EXPECT_EQ(summed.space.bdd().either(sum.untold, sum.back), Bdd::kAll);
}

}  // namespace
}  // namespace pyfw
