// What can't be told, and what targets make of a packet: each a case of its own, since random rules seldom
// meet it.

#include "prove/alike.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "prove/callers.h"
#include "prove/field_values.h"
#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

constexpr auto kWorks = FlowOutcome::kWorks;
constexpr auto kRefused = FlowOutcome::kRefused;
constexpr auto kDropped = FlowOutcome::kDropped;
constexpr auto kDepends = FlowOutcome::kDepends;

class AlikeTest : public testing::Test {
 protected:
  // What may become of one packet, whatever the answers are.
  std::set<FlowOutcome> outcomes(const std::string& rules, const Arrival& arrival) {
    made_.rules(rules);
    auto host = made_.traced();
    Reach reach(host, made_.state().state.sets, Family::kIpv4, free_of_callers());
    reach.add_address(arrival.packet.destination);
    reach.add_port(arrival.packet.destination_port);
    for (auto ttl : {1, 2, 3, 64}) reach.space().ask(Field::kTtl, {span_of(ttl, ttl)});
    reach.settle();
    auto& bdd = reach.space().bdd();
    auto packet = reach.space().everything();
    for (auto field : free_of_callers()) {
      packet = bdd.both(packet, reach.space().like(field, value_of(field, arrival.packet)));
    }
    auto ways = reach.ways(arrival, packet);
    EXPECT_TRUE(ways) << (ways ? "" : ways.error().message);
    std::set<FlowOutcome> out;
    for (const auto& region : ways.value_or(std::vector<Region>())) out.insert(region.verdict.outcome);
    return out;
  }
  // What becomes of each of them, where all of them are followed together.
  std::vector<FlowOutcome> outcomes_among(const std::string& rules, const Arrival& like,
                                          const std::vector<Arrival>& some) {
    made_.rules(rules);
    auto host = made_.traced();
    Reach reach(host, made_.state().state.sets, Family::kIpv4, free_of_callers());
    reach.add_address(like.packet.destination);
    reach.add_port(like.packet.destination_port);
    reach.settle();
    auto& bdd = reach.space().bdd();
    std::vector<Bdd::Node> nodes;
    auto all = Bdd::kNone;
    for (const auto& arrival : some) {
      nodes.push_back(reach.space().everything());
      for (auto field : free_of_callers())
        nodes.back() = bdd.both(nodes.back(), reach.space().like(field, value_of(field, arrival.packet)));
      all = bdd.either(all, nodes.back());
    }
    std::vector<FlowOutcome> out;
    auto ways = reach.ways(like, all);
    EXPECT_TRUE(ways) << (ways ? "" : ways.error().message);
    for (auto node : nodes)
      for (const auto& region : ways.value_or(std::vector<Region>()))
        if (bdd.meet(region.packets, node)) out.push_back(region.verdict.outcome);
    return out;
  }
  std::set<FlowOutcome> outcomes(const std::string& rules) {
    return outcomes(rules, {.packet = tcp("10.1.0.9", "192.0.2.1", 22), .in_interface = "eth1"});
  }

  HostForTests made_;
};

TEST_F(AlikeTest, AChanceIsTakenAnewForTheAnswer) {
  made_.with_docker();
  Arrival forwarded{.packet = tcp("10.1.0.9", "203.0.113.5", 22), .in_interface = "eth1"};
  EXPECT_THAT(outcomes(filter("-A FORWARD -m limit --limit 3/min -j DROP\n"), forwarded),
              UnorderedElementsAre(kWorks, kDropped));
  // The request passes only where the limit matches, and its answer only where it does not.
  EXPECT_THAT(outcomes(filter(":LIMITED - [0:0]\n-A FORWARD -m limit --limit 3/min -j LIMITED\n"
                              "-A FORWARD -m conntrack --ctstate NEW -j DROP\n"
                              "-A LIMITED -m conntrack --ctstate NEW -j ACCEPT\n-A LIMITED -j DROP\n"),
                       forwarded),
              UnorderedElementsAre(kWorks, kDropped));
}

// It works where the limit does not match the first time, and does the second time.
TEST_F(AlikeTest, AChanceIsTakenAnewByEachJump) {
  EXPECT_THAT(
      outcomes(filter(":USER - [0:0]\n:LIMITED - [0:0]\n-A INPUT -j USER\n"
                      "-A INPUT -j MARK --set-xmark 0x1/0xffffffff\n-A INPUT -j USER\n-A INPUT -j DROP\n"
                      "-A USER -m limit --limit 3/min -j LIMITED\n"
                      "-A LIMITED -m mark --mark 0x0 -j DROP\n-A LIMITED -j ACCEPT\n")),
      UnorderedElementsAre(kWorks, kDropped));
}

TEST_F(AlikeTest, AMatchThatIsTheSameForAPacketIsOneDoubt) {
  EXPECT_THAT(outcomes(filter("-A INPUT -m string --string a --algo bm -j DROP\n"
                              "-A INPUT -m string --string a --algo bm -j ACCEPT\n-A INPUT -j DROP\n")),
              ElementsAre(kDropped));
}

TEST_F(AlikeTest, ATtlThatARuleTakesFromEndsWhereNothingIsLeft) {
  auto rules = "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j TTL --ttl-dec 1\nCOMMIT\n" + filter("");
  auto with = [&](std::uint8_t ttl) {
    Arrival forwarded{.packet = tcp("10.1.0.9", "203.0.113.5", 22), .in_interface = "eth1"};
    forwarded.packet.ttl = ttl;
    return outcomes(rules, forwarded);
  };
  EXPECT_THAT(with(2), ElementsAre(kRefused));
  EXPECT_THAT(with(3), ElementsAre(kWorks));
}

TEST_F(AlikeTest, AfterARouterTheTtlIsOneLess) {
  Arrival forwarded{.packet = tcp("10.1.0.9", "203.0.113.5", 22), .in_interface = "eth1"};
  EXPECT_THAT(outcomes(filter("-A FORWARD -m ttl --ttl-eq 63 -j DROP\n"), forwarded), ElementsAre(kDropped));
  EXPECT_THAT(outcomes(filter("-A FORWARD -m ttl --ttl-eq 64 -j DROP\n"), forwarded), ElementsAre(kWorks));
}

TEST_F(AlikeTest, TheLengthOfAnErrorIsNotFollowed) {
  auto rules = [](std::string_view match) {
    return filter("-A INPUT -j REJECT --reject-with icmp-port-unreachable\n-A OUTPUT -m length --length " +
                  std::string(match) + " -j DROP\n");
  };
  EXPECT_THAT(outcomes(rules("88:88")), ElementsAre(kDepends));
}

TEST_F(AlikeTest, WhatNatMakesOfEachSourceIsNotFollowedOnlyWhereItIsAsked) {
  auto nat = std::string(
      "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j SNAT --to-source 192.0.2.10-192.0.2.99\nCOMMIT\n");
  Arrival forwarded{.packet = tcp("10.1.0.9", "203.0.113.5", 22), .in_interface = "eth1"};
  EXPECT_THAT(outcomes(nat + filter(""), forwarded), ElementsAre(kWorks));
  auto asked = "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -d 192.0.2.50/32 -j DROP\nCOMMIT\n";
  EXPECT_THAT(outcomes(nat + asked + filter(""), forwarded), ElementsAre(kDepends));
}

// By the source's hash it is the one or the other, and only one of them listens.
// Such a source port is a constant's by chance, and the set asks for the constant.
TEST_F(AlikeTest, APortThatIsTheOneAskedForIsFollowedAlone) {
  made_.sets(
      "create pairs hash:ip,port family inet hashsize 1024 maxelem 65536\nadd pairs 10.1.0.9,tcp:80\n");
  auto rules =
      filter("-A INPUT -p tcp -m multiport --sports 80:2618 -m set --match-set pairs src,dst -j DROP\n");
  Arrival like{.packet = tcp("10.1.0.7", "192.0.2.1", 80), .in_interface = "eth1"};
  auto from = [&](const std::string& source, std::uint16_t port) {
    auto some = like;
    some.packet.source = ip(source);
    some.packet.source_port = port;
    return some;
  };
  EXPECT_EQ(outcomes_among(rules, like, {from("10.1.0.7", 80), from("10.1.0.9", 80), from("10.1.0.9", 1059)}),
            (std::vector{kWorks, kDropped, kDropped}));
}

TEST_F(AlikeTest, WhichContainerNatChoosesIsNotFollowed) {
  auto rules = std::string(
                   "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth1 -j DNAT --to-destination "
                   "172.17.0.2-172.17.0.3\nCOMMIT\n") +
               filter("");
  made_.with_docker().facts().docker->containers[0].listeners.emplace();
  EXPECT_THAT(outcomes(rules), ElementsAre(kDepends));
  made_.facts().docker.reset();
  EXPECT_THAT(outcomes(rules), ElementsAre(kWorks));
}

TEST_F(AlikeTest, APortThatNatKeepsOrReplacesIsFollowedEachWay) {
  auto rules = std::string(
                   "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -p tcp -j MASQUERADE --to-ports "
                   "50000-50200\nCOMMIT\n"
                   "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -p tcp -m tcp --dport 50123 -j "
                   "DROP\nCOMMIT\n") +
               filter("");
  auto of_port = [&](std::uint16_t port) {
    Arrival forwarded{.packet = tcp("10.1.0.9", "203.0.113.5", 22), .in_interface = "eth1"};
    forwarded.packet.source_port = port;
    return outcomes(rules, forwarded);
  };
  EXPECT_THAT(of_port(50123), ElementsAre(kDropped));
  EXPECT_THAT(of_port(50124), ElementsAre(kWorks));
  EXPECT_THAT(of_port(7), ElementsAre(kWorks));
}

}  // namespace
}  // namespace pyfw
