#include "prove/callers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Who reaches 192.0.2.1:22 by eth1, or the address that is asked about.
Called called_by(HostForTests& made, const Arrival& like) {
  auto host = made.traced();
  Reach reach(host, made.state().state.sets, like.packet.family(), free_of_callers());
  reach.add_address(like.packet.destination);
  reach.add_port(like.packet.destination_port);
  reach.settle();
  auto called = callers_of(reach, host, like);
  EXPECT_TRUE(called) << (called ? "" : called.error().message);
  return called.value_or(Called{});
}

Called called(const std::string& rules, const std::string& interface = "eth1") {
  HostForTests made;
  made.rules(filter(rules));
  return called_by(made, {.packet = tcp("0.0.0.0", "192.0.2.1", 22), .in_interface = interface});
}

std::vector<std::string> sources_of(const Called& called) {
  std::vector<std::string> out;
  for (const auto& callers : called.callers)
    for (auto& text : texts_of(callers.sources, Family::kIpv4)) out.push_back(std::move(text));
  return out;
}

TEST(CallersOf, AreThoseOfTheInterfacesNetworkWhereNothingStandsInTheWay) {
  auto found = called("");
  EXPECT_THAT(sources_of(found), ElementsAre("10.1.0.0", "10.1.0.2-10.1.0.254"));
  EXPECT_EQ(found.asked, found.callers.at(0).sources);
  EXPECT_THAT(found.callers[0].conditions.only, IsEmpty());
  EXPECT_THAT(found.callers[0].questions, IsEmpty());
}

TEST(CallersOf, AreNobodyWhereAllIsDropped) {
  EXPECT_THAT(called("-A INPUT -j DROP\n").callers, IsEmpty());
  EXPECT_THAT(called("-A OUTPUT -j DROP\n").callers, IsEmpty());
}

TEST(CallersOf, AreThoseWhomARuleLetsIn) {
  auto found = called("-A INPUT -s 10.1.0.64/26 -j ACCEPT\n-A INPUT -j DROP\n");
  EXPECT_THAT(sources_of(found), ElementsAre("10.1.0.64/26"));
}

TEST(CallersOf, WhoseAnswersDontComeBackAreNone) {
  auto found = called("-A OUTPUT -d 10.1.0.64/26 -j DROP\n-A INPUT ! -s 10.1.0.0/25 -j DROP\n");
  EXPECT_THAT(sources_of(found), ElementsAre("10.1.0.0", "10.1.0.2-10.1.0.63"));
}

TEST(CallersOf, SayWhatElseMustBeSo) {
  auto found = called("-A INPUT -p tcp -m tcp --sport 1024:65535 -j ACCEPT\n-A INPUT -j DROP\n");
  ASSERT_EQ(found.callers.size(), 1U);
  EXPECT_EQ(found.callers[0].conditions.only,
            (std::map<Field, Spans>{{Field::kSourcePort, {span_of(1024, 65535)}}}));
  EXPECT_FALSE(found.callers[0].conditions.is_part);
}

TEST(CallersOf, SayWhereTwoFieldsHangOnEachOther) {
  auto found = called(
      "-A INPUT -p tcp -m tcp --sport 1024:65535 -m ttl --ttl-gt 100 -j DROP\n"
      "-A INPUT -p tcp -m tcp --sport 0:1023 -m ttl --ttl-lt 50 -j DROP\n");
  ASSERT_EQ(found.callers.size(), 1U);
  EXPECT_TRUE(found.callers[0].conditions.is_part);
}

TEST(CallersOf, NameWhatTheyDependOn) {
  auto found = called("-A INPUT -m limit --limit 3/min -j ACCEPT\n-A INPUT -j DROP\n");
  ASSERT_EQ(found.callers.size(), 1U);
  ASSERT_EQ(found.callers[0].questions.size(), 1U);
  EXPECT_THAT(found.callers[0].questions[0].on, HasSubstr("limit"));
}

TEST(CallersOf, OfThePublishedPortAreThoseWhomForwardLetsThrough) {
  HostForTests made;
  made.rules(kPublished).with_docker();
  auto found = called_by(made, {.packet = tcp("0.0.0.0", "192.0.2.1", 8000), .in_interface = "eth1"});
  EXPECT_THAT(sources_of(found), ElementsAre("10.1.0.0", "10.1.0.2-10.1.0.254"));
}

TEST(CallersOf, FromTheHostItselfAreItsProcesses) {
  auto found = called("", "");
  ASSERT_EQ(found.callers.size(), 1U);
  EXPECT_THAT(found.callers[0].sources, IsEmpty());
  EXPECT_THAT(called("-A OUTPUT -j DROP\n", "").callers, IsEmpty());
}

TEST(CallersOf, ASetOfSeveralPartsIsLookedUpAsTheKernelDoes) {
  HostForTests made;
  made.rules(filter("-A INPUT -m set --match-set pairs src,dst -j ACCEPT\n-A INPUT -j DROP\n"))
      .sets(
          "create pairs hash:net,port family inet hashsize 1024 maxelem 65536\nadd pairs 10.1.0.0/28,tcp:22\n"
          "add pairs 10.1.0.8/29,tcp:22 nomatch\nadd pairs 10.1.0.64/28,tcp:23\n");
  auto found = called_by(made, {.packet = tcp("0.0.0.0", "192.0.2.1", 22), .in_interface = "eth1"});
  EXPECT_THAT(sources_of(found), ElementsAre("10.1.0.0", "10.1.0.2-10.1.0.7"));
}

// As Docker does where the container has no address of IPv6.
TEST(CallersOf, AContainerOfIpv4AreThoseWhomItsProxyTakes) {
  HostForTests made;
  made.with_docker().listener(kTcp, "::", 8000, "docker-proxy");
  made.rules(filter("-A OUTPUT -d 172.17.0.0/16 -p tcp -m tcp --dport 80 -j ACCEPT\n"));
  auto host = made.traced();
  Reach reach(host, {}, Family::kIpv6, free_of_callers());
  reach.add_address(ip("2001:db8::1"));
  reach.add_port(8000);
  reach.settle();
  auto called = callers_of(reach, host, {.packet = tcp("::", "2001:db8::1", 8000), .in_interface = "eth0"});
  ASSERT_TRUE(called);
  ASSERT_EQ(called->callers.size(), 1U);
  EXPECT_EQ(called->callers[0].sources, called->asked);
}

}  // namespace
}  // namespace pyfw
