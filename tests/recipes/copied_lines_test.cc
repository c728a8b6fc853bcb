// What the comments in examples/ say of the lines that are often copied, and of the script: so they fare on a
// real Docker.

#include <gtest/gtest.h>

#include "recipes/on_crossroads.h"

namespace pyfw::recipes {
namespace {

constexpr auto kWorks = lab::Reach::kWorks;
constexpr auto kDropped = lab::Reach::kDropped;
constexpr auto kAnswered = Exchange::kAnswered;
constexpr auto kUnanswered = Exchange::kUnanswered;
constexpr auto kLost = Exchange::kLost;

class CopiedLines : public OnCrossroads {};

TEST_F(CopiedLines, ADropWithoutAnAcceptOfAnswersCutsWhatContainersAsk) {
  run({"iptables -I DOCKER-USER -i eth0 ! -s 192.0.2.2 -j DROP"});
  expect({.visits = {{"a", "203.0.113.10:8000", kWorks},
                     {"stranger", "203.0.113.10:8000", kDropped},
                     {"web", "192.0.2.2:80", kWorks},
                     {"web", "192.0.2.66:80", kDropped},
                     {"stranger", "[2001:db8:1111::2]:8000", kWorks}}});
}

TEST_F(CopiedLines, AnInsertedAcceptOfAnswersWorksOnlyAsTheLastCommand) {
  constexpr auto kAnswers = "iptables -I DOCKER-USER -m state --state RELATED,ESTABLISHED -j ACCEPT";
  run({kAnswers, "iptables -I DOCKER-USER -i eth0 -j DROP"});
  expect({.visits = {{"web", "192.0.2.66:80", kDropped}}});
  run({kAnswers});
  expect({.visits = {{"web", "192.0.2.66:80", kWorks}, {"stranger", "203.0.113.10:8000", kDropped}}});
}

TEST_F(CopiedLines, TheHostsAddressAsDestinationNeverMatchesInDockerUser) {
  run(
      {"iptables -I DOCKER-USER -i eth0 -d 203.0.113.10 -m iprange ! --src-range 192.0.2.1-192.0.2.3 -j "
       "DROP"});
  expect({.visits = {{"stranger", "203.0.113.10:8000", kWorks}, {"stranger", "198.51.100.2:8000", kWorks}}});
}

TEST_F(CopiedLines, AcceptsOfTheOriginalAddressAloneKeepNobodyOut) {
  run({"iptables -I DOCKER-USER -p tcp -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
       "iptables -I DOCKER-USER -p tcp -m conntrack --ctorigdst 198.51.100.2 --ctorigdstport 80 -j ACCEPT"});
  expect({.visits = {{"stranger", "198.51.100.2:80", kWorks}, {"stranger", "203.0.113.10:8000", kWorks}}});
}

TEST_F(CopiedLines, ForwardingInOneDirectionGetsNoAnswers) {
  run({"iptables -I DOCKER-USER -i eth1 -o eth0 -j ACCEPT"});
  expect({.visits = {{"inside", "192.0.2.66:80", kDropped}}});
  expect({.letters = {{"inside", 0, "c", "192.0.2.66", 53, kUnanswered}}});
}

constexpr auto kScript = R"(
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -p tcp -m tcp --dport 53 -j ACCEPT
iptables -A INPUT -p udp -m udp --sport 123 -j ACCEPT
iptables -A INPUT -s 192.0.2.2/32 -m comment --comment vpn -j ACCEPT
iptables -A INPUT -s 192.0.2.3/32 -m comment --comment valmy2 -j ACCEPT
iptables -A INPUT -s 192.0.2.66/32 -m comment --comment maven -j ACCEPT
iptables -A INPUT -s 192.0.2.67/32 -m comment --comment jenkins -j ACCEPT
iptables -A INPUT -p icmp -m icmp --icmp-type 8 -m comment --comment "block icpm" -j DROP
iptables -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -j DROP

iptables -I DOCKER-USER 1 -p tcp -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -I DOCKER-USER 2 -p tcp -m conntrack --ctorigsrc 192.0.2.2 -m comment --comment 'docker allow from vpn' -j ACCEPT
iptables -I DOCKER-USER 3 -p tcp -m conntrack --ctorigsrc 192.0.2.3 -m comment --comment 'docker allow from valmy2' -j ACCEPT
iptables -I DOCKER-USER 4 -i eth0 -j DROP
iptables -I DOCKER-USER 5 -j RETURN
)";

TEST_F(CopiedLines, TheScriptLetsInWhoSendsFromPort123AndDropsAnswersOfUdp) {
  run({kScript});
  expect({.visits = {{"web", "192.0.2.66:80", kWorks},
                     {"c", "203.0.113.10:8000", kDropped},
                     {"stranger", "203.0.113.10:8000", kDropped},
                     {"stranger", "[2001:db8:1111::2]:22", kWorks}},
          .letters = {{"stranger", 123, "docker host", "203.0.113.10", 161, kAnswered},
                      {"stranger", 124, "docker host", "203.0.113.10", 161, kLost},
                      {"web", 0, "c", "192.0.2.66", 53, kUnanswered}}});
}

TEST_F(CopiedLines, WhatTheScriptLeftWithoutANameStaysAndCheckSaysSo) {
  run({kScript});
  wish("script");
  auto applied = pyfw({"apply"});
  EXPECT_EQ(applied.status, 0) << applied.out << applied.err;
  auto checked = pyfw({"check"});
  EXPECT_EQ(crossed(checked.out), std::vector<std::string>{"port 123 opens no other"}) << checked.out;
  run({"iptables -D INPUT -p udp -m udp --sport 123 -j ACCEPT"});
  EXPECT_EQ(pyfw({"check"}).status, 0);
  EXPECT_EQ(pyfw({"rollback"}).status, 0);
}

}  // namespace
}  // namespace pyfw::recipes
