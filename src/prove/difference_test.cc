#include "prove/difference.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kWorks = FlowOutcome::kWorks;
constexpr auto kRefused = FlowOutcome::kRefused;
constexpr auto kDropped = FlowOutcome::kDropped;

class DifferenceTest : public testing::Test {
 protected:
  // Of new connections.
  std::vector<Changed> changes(std::string_view before, std::string_view after, const Arrival& like) {
    return of(false, before, after, like);
  }
  std::vector<Changed> open_changes(std::string_view before, std::string_view after, const Arrival& like) {
    return of(true, before, after, like);
  }

  HostForTests made_;
  std::string sets_after_;
  const Arrival by_eth0_ = {.packet = tcp("198.51.100.1", "192.0.2.1", 22), .in_interface = "eth0"};
  const Arrival own_ = {.packet = tcp("192.0.2.1", "192.0.2.1", 22)};

 private:
  std::vector<Changed> of(bool are_open, std::string_view before, std::string_view after,
                          const Arrival& like) {
    made_.rules(before);
    auto old_host = made_.traced();
    auto old_sets = made_.state().state.sets;
    if (!sets_after_.empty()) made_.sets(sets_after_);
    made_.rules(after);
    auto new_host = made_.traced();
    Difference difference(old_host, old_sets, new_host, made_.state().state.sets, Family::kIpv4,
                          like.in_interface.empty() ? Senders::kHost : Senders::kOthers);
    auto found = difference.of(like);
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    auto out = found.value_or(std::vector<Changed>());
    std::erase_if(out, [&](const Changed& changed) { return changed.are_open != are_open; });
    return out;
  }
};

TEST_F(DifferenceTest, OfRulesThatSayTheSameIsNone) {
  EXPECT_THAT(changes(filter("-A INPUT -s 10.0.0.0/8 -j DROP\n-A INPUT -s 10.1.0.0/16 -j ACCEPT\n"),
                      filter("-A INPUT -s 10.0.0.0/8 -j DROP\n"), by_eth0_),
              IsEmpty());
}

TEST_F(DifferenceTest, NamesSourcesDestinationsAndPorts) {
  auto found =
      changes(filter(""), filter("-A INPUT -s 198.51.100.0/24 -p tcp -m tcp --dport 22 -j DROP\n"), by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].before, Fates{{.outcome = kWorks}});
  EXPECT_EQ(found[0].after, Fates{{.outcome = kDropped}});
  EXPECT_EQ(found[0].sources, Spans{span_of(*Prefix::parse("198.51.100.0/24"))});
  EXPECT_FALSE(found[0].is_from_all);
  EXPECT_EQ(texts_of(found[0].destinations, Family::kIpv4),
            (std::vector<std::string>{"10.1.0.1", "172.17.0.1", "192.0.2.1"}));
  EXPECT_EQ(found[0].ports, Spans{span_of(22, 22)});
  EXPECT_EQ(found[0].conditions, Conditions{});
}

TEST_F(DifferenceTest, ASetThatGrowsChangesWhoIsLetIn) {
  made_.sets("create hosts hash:ip family inet hashsize 1024 maxelem 65536\nadd hosts 198.51.100.1\n");
  sets_after_ =
      "create hosts hash:ip family inet hashsize 1024 maxelem 65536\nadd hosts 198.51.100.1\nadd hosts "
      "198.51.100.9\n";
  auto rules = filter(
      "-A INPUT -p tcp -m tcp --dport 22 -m set ! --match-set hosts src -j REJECT "
      "--reject-with icmp-port-unreachable\n");
  auto found = changes(rules, rules, by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(texts_of(found[0].sources, Family::kIpv4), std::vector<std::string>{"198.51.100.9"});
  EXPECT_EQ(found[0].before, Fates{{.outcome = kRefused}});
  EXPECT_EQ(found[0].after, Fates{{.outcome = kWorks}});
}

TEST_F(DifferenceTest, OfASetAndItsRuleThatAreBothNewAllAreAsked) {
  sets_after_ = "create hosts hash:ip family inet hashsize 1024 maxelem 65536\nadd hosts 198.51.100.1\n";
  auto found =
      changes(filter(""),
              filter("-A INPUT -p tcp -m tcp --dport 22 -m set ! --match-set hosts src -j DROP\n"), by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  auto outsider = point_of(ip("203.0.113.5"));
  auto insider = point_of(ip("198.51.100.1"));
  EXPECT_FALSE(both(found[0].sources, {{outsider, outsider}}).empty());
  EXPECT_TRUE(both(found[0].sources, {{insider, insider}}).empty());
}

TEST_F(DifferenceTest, OfANewRuleAllMembersOfASetThatGrowsAreAsked) {
  made_.sets("create hosts hash:ip family inet hashsize 1024 maxelem 65536\nadd hosts 198.51.100.1\n");
  sets_after_ =
      "create hosts hash:ip family inet hashsize 1024 maxelem 65536\nadd hosts 198.51.100.1\nadd hosts "
      "198.51.100.9\n";
  auto found =
      changes(filter(""), filter("-A INPUT -p tcp -m tcp --dport 22 -m set --match-set hosts src -j DROP\n"),
              by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(texts_of(found[0].sources, Family::kIpv4),
            (std::vector<std::string>{"198.51.100.1", "198.51.100.9"}));
}

TEST_F(DifferenceTest, WhatARuleFillsMayHoldAnyone) {
  made_.sets("create trap hash:ip family inet hashsize 1024 maxelem 65536\n");
  auto fill = std::string("-A INPUT -p tcp -m tcp --dport 23 -j SET --add-set trap src\n");
  auto found =
      changes(filter(fill), filter(fill + "-A INPUT -m set --match-set trap src -j DROP\n"), by_eth0_);
  ASSERT_THAT(found, testing::Not(IsEmpty()));
  EXPECT_EQ(found[0].ports, Spans{span_of(23, 23)});
}

TEST_F(DifferenceTest, WhatTheProxyCarriesOnByIpv4ChangesWithRulesOfIpv4) {
  made_.with_docker().listener(kTcp, "::", 8000, "docker-proxy");
  made_.rules(filter(""));
  auto before = made_.traced();
  made_.rules(filter("-A OUTPUT -d 172.17.0.2/32 -p tcp -j DROP\n"));
  auto after = made_.traced();
  Difference difference(before, {}, after, {}, Family::kIpv6, Senders::kOthers);
  auto found = difference.of({.packet = tcp("2001:db8:5::5", "2001:db8::1", 8000), .in_interface = "eth0"});
  ASSERT_TRUE(found);
  ASSERT_THAT(*found, SizeIs(2));  // new ones, and open ones
  EXPECT_EQ(found->front().before, Fates{{.outcome = kWorks}});
  EXPECT_EQ(found->front().after, Fates{{.outcome = kDropped}});
}

TEST_F(DifferenceTest, WhereNatLeadsIsSaidAsItsRuleHasIt) {
  auto nat = [](std::string_view to) {
    return "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 192.0.2.1/32 -p tcp -m tcp --dport 8000:8010 -j "
           "DNAT "
           "--to-destination " +
           std::string(to) + "\nCOMMIT\n";
  };
  auto found = changes(nat("10.1.0.5"), nat("10.1.0.5:8000"), by_eth0_);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].before, (Fates{{.outcome = kWorks, .to = "10.1.0.5"}}));
  EXPECT_EQ(found[0].after, (Fates{{.outcome = kWorks, .to = "10.1.0.5:8000"}}));
}

TEST_F(DifferenceTest, WhereNatLeadsCountsToo) {
  auto nat = [](std::string_view to) {
    return "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -p tcp -m tcp --dport 8000 -j DNAT "
           "--to-destination " +
           std::string(to) + "\nCOMMIT\n";
  };
  auto found = changes(nat("172.17.0.2:80"), nat("172.17.0.3:80"), by_eth0_);
  ASSERT_FALSE(found.empty());
  for (const auto& changed : found) {
    EXPECT_EQ(changed.before, (Fates{{.outcome = kWorks, .to = "172.17.0.2:80"}}));
    EXPECT_EQ(changed.after, (Fates{{.outcome = kWorks, .to = "172.17.0.3:80"}}));
    EXPECT_EQ(changed.ports, Spans{span_of(8000, 8000)});
  }
}

TEST_F(DifferenceTest, TheSourceThatNatGivesCountsToo) {
  auto nat = [](std::string_view rules) {
    return "*nat\n:POSTROUTING ACCEPT [0:0]\n" + std::string(rules) + "COMMIT\n";
  };
  Arrival by_eth1{.packet = tcp("10.1.0.9", "198.51.100.1", 22), .in_interface = "eth1"};
  auto masquerade = nat("-A POSTROUTING -s 10.1.0.0/24 -o eth0 -j MASQUERADE\n");
  auto found = changes(masquerade, nat(""), by_eth1);
  ASSERT_THAT(found, testing::Not(IsEmpty()));
  for (const auto& changed : found) {
    EXPECT_EQ(changed.before, (Fates{{.outcome = kWorks, .from = "masquerade"}}));
    EXPECT_EQ(changed.after, (Fates{{.outcome = kWorks}}));
    EXPECT_THAT(both(changed.sources, {span_of(*Prefix::parse("10.2.0.0/16"))}), IsEmpty());
  }
  auto other = changes(masquerade, nat("-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.1\n"), by_eth1);
  EXPECT_THAT(other, testing::Contains(
                         testing::Field(&Changed::after, Fates{{.outcome = kWorks, .from = "192.0.2.1"}})));
  // What is open keeps the source that it has.
  EXPECT_THAT(open_changes(masquerade + filter("-A INPUT -m conntrack --ctstate INVALID -j DROP\n"),
                           nat("") + filter("-A INPUT -m conntrack --ctstate INVALID -j DROP\n"), by_eth1),
              IsEmpty());
}

TEST_F(DifferenceTest, WhatHangsOnAChanceMayBecomeBoth) {
  auto found = changes(
      filter(""), filter("-A INPUT -p tcp -m tcp --dport 22 -m limit --limit 3/min -j DROP\n"), by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].after, (Fates{{.outcome = kWorks}, {.outcome = kDropped}}));
}

TEST_F(DifferenceTest, ToItselfTheHostSendsByTheLoopback) {
  auto found = changes(filter(""), filter("-A INPUT -i lo -p tcp -m tcp --dport 5432 -j DROP\n"), own_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(texts_of(found[0].destinations, Family::kIpv4),
            (std::vector<std::string>{"10.1.0.1", "127.0.0.0-127.255.255.254", "172.17.0.1", "192.0.2.1"}));
  EXPECT_EQ(found[0].ports, Spans{span_of(5432, 5432)});
  EXPECT_THAT(changes(filter(""), filter("-A INPUT -i lo -p tcp -m tcp --dport 5432 -j DROP\n"), by_eth0_),
              IsEmpty());
}

TEST_F(DifferenceTest, ARuleForAnswersIsThatOfWhoAsks) {
  auto found = changes(filter(""), filter("-A OUTPUT -d 198.51.100.0/24 -p tcp -m tcp --sport 22 -j DROP\n"),
                       by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(texts_of(found[0].sources, Family::kIpv4), std::vector<std::string>{"198.51.100.0/24"});
  EXPECT_EQ(found[0].ports, Spans{span_of(22, 22)});
}

TEST_F(DifferenceTest, ARuleForAllButSomeIsThatOfTheOthers) {
  auto found = changes(filter(""), filter("-A INPUT ! -s 198.51.100.0/24 -p tcp -m tcp --dport 22 -j DROP\n"),
                       by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  auto outsider = point_of(ip("203.0.113.5"));
  auto insider = point_of(ip("198.51.100.5"));
  EXPECT_FALSE(both(found[0].sources, {{outsider, outsider}}).empty());
  EXPECT_TRUE(both(found[0].sources, {{insider, insider}}).empty());
}

TEST_F(DifferenceTest, ARuleForTheContainerIsThatOfThePublishedPort) {
  made_.with_docker();
  auto nat = std::string(
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -p tcp -m tcp --dport 8000 -j DNAT "
      "--to-destination 172.17.0.2:80\nCOMMIT\n");
  auto found =
      changes(nat + filter(""),
              nat + filter("-A FORWARD -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j DROP\n"), by_eth0_);
  bool names_host = std::ranges::any_of(found, [](const Changed& changed) {
    auto host = point_of(ip("192.0.2.1"));
    return !both(changed.destinations, {{host, host}}).empty() && changed.ports == Spans{span_of(8000, 8000)};
  });
  EXPECT_TRUE(names_host);
}

TEST_F(DifferenceTest, WhoAsksForWhereNatLeadsIsNotLedOn) {
  made_.with_docker();
  auto nat = std::string(
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -d 172.17.0.0/16 -p tcp -j DNAT "
      "--to-destination 172.17.0.2:80\nCOMMIT\n");
  EXPECT_THAT(changes(nat + filter(""), nat + filter("-A FORWARD -s 198.51.100.0/24 -j ACCEPT\n"), by_eth0_),
              IsEmpty());
}

TEST_F(DifferenceTest, WhoListensDecidesWhatAPolicyChanges) {
  made_.listener(kTcp, "0.0.0.0", 22, "sshd");
  auto open = filter("");
  auto shut = open;
  shut.replace(shut.find(":INPUT ACCEPT"), 13, ":INPUT DROP");
  auto found = changes(open, shut, by_eth0_);
  ASSERT_THAT(found, SizeIs(2));
  for (const auto& changed : found)
    EXPECT_EQ(changed.before.begin()->outcome, changed.ports == Spans{span_of(22, 22)} ? kWorks : kRefused);
}

// Of some range it is chosen for the packet that stands for all.
TEST_F(DifferenceTest, WhoAsksForOneOfARangeIsLedOnByItToo) {
  std::string raw = "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 10.1.0.13/32 -j ACCEPT\nCOMMIT\n";
  auto point = point_of(ip("10.1.0.13"));
  for (int last = 16; last < 80; ++last) {
    auto nat = fmt::format(
        "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination 10.1.0.8-10.1.0.{}\n"
        "COMMIT\n",
        last);
    auto found = changes(raw + filter(""), raw + nat + filter(""), by_eth0_);
    bool are_all_named = std::ranges::any_of(found, [&](const Changed& changed) {
      return !both(changed.destinations, {{point, point}}).empty() && changed.ports.empty() &&
             changed.is_from_all && changed.conditions == Conditions{};
    });
    EXPECT_TRUE(are_all_named) << last;
  }
}

TEST_F(DifferenceTest, OfTheLoopbackTellsItsSourcesApart) {
  auto found =
      changes(filter(""),
              filter("-A OUTPUT ! -s 127.0.0.0/16 -o lo -p tcp -m conntrack --ctstate NEW -j DROP\n"), own_);
  auto has = [&](std::string_view text) {
    auto point = point_of(ip(text));
    return std::ranges::any_of(
        found, [&](const Changed& changed) { return !both(changed.destinations, {{point, point}}).empty(); });
  };
  EXPECT_FALSE(has("127.0.0.5"));
  EXPECT_TRUE(has("127.1.0.5"));
}

TEST_F(DifferenceTest, OfAnotherProtocolIsNone) {
  EXPECT_THAT(changes(filter(""), filter("-A INPUT -p udp -m udp --dport 22 -j DROP\n"), by_eth0_),
              IsEmpty());
}

TEST_F(DifferenceTest, OpenConnectionsGoOnWhereEstablishedOnesAreLetIn) {
  auto established = std::string("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n");
  auto shut = std::string("-A INPUT -p tcp -m tcp --dport 22 -j DROP\n");
  EXPECT_THAT(changes(filter(established), filter(established + shut), by_eth0_), SizeIs(1));
  EXPECT_THAT(open_changes(filter(established), filter(established + shut), by_eth0_), IsEmpty());
  EXPECT_THAT(open_changes(filter(""), filter(shut), by_eth0_), SizeIs(1));
}

TEST_F(DifferenceTest, OpenConnectionsNeedMoreThanTheirFirstPacket) {
  auto ssh = std::string("-A INPUT -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT\n");
  auto policy = std::string("*filter\n:INPUT DROP [0:0]\n");
  auto before = policy + "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n" + ssh + "COMMIT\n";
  auto after = policy + ssh + "COMMIT\n";
  EXPECT_THAT(changes(before, after, by_eth0_), IsEmpty());
  auto found = open_changes(before, after, by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].ports, Spans{span_of(22, 22)});
  EXPECT_EQ(found[0].before, Fates{{.outcome = kWorks}});
  EXPECT_EQ(found[0].after, Fates{{.outcome = kDropped}});
}

TEST_F(DifferenceTest, OpenConnectionsKeepTheirNatAsLongAsTheyAreTracked) {
  auto led = std::string(
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -i eth0 -p tcp -m tcp --dport 8000 -j DNAT "
      "--to-destination 10.1.0.77:80\nCOMMIT\n");
  auto tracking = filter("-A INPUT -m conntrack --ctstate INVALID -j DROP\n");
  EXPECT_THAT(changes(tracking + led, tracking, by_eth0_), testing::Not(IsEmpty()));
  EXPECT_THAT(open_changes(tracking + led, tracking, by_eth0_), IsEmpty());
  // Also where nobody but conntrack knows any more where that is.
  auto shut =
      filter("-A INPUT -m conntrack --ctstate INVALID -j DROP\n-A FORWARD -d 10.1.0.77/32 -i eth0 -j DROP\n");
  auto kept = open_changes(tracking + led, shut, by_eth0_);
  EXPECT_THAT(kept, testing::Contains(
                        testing::Field(&Changed::before, Fates{{.outcome = kWorks, .to = "10.1.0.77:80"}})));
  EXPECT_THAT(kept, testing::Each(testing::Field(&Changed::after, Fates{{.outcome = kDropped}})));
  auto lost = open_changes(led, filter(""), by_eth0_);
  ASSERT_THAT(lost, testing::Not(IsEmpty()));
  EXPECT_EQ(lost[0].before, (Fates{{.outcome = kWorks, .to = "10.1.0.77:80"}}));
  EXPECT_THAT(lost[0].after, testing::Not(testing::Contains(testing::Field(&Fate::to, "10.1.0.77:80"))));
}

TEST_F(DifferenceTest, AChanceOfWhatFollowsIsNotThatOfTheFirst) {
  auto chance =
      std::string("-A INPUT -p tcp -m tcp --dport 22 -m statistic --mode random --probability 0.5 -j DROP\n");
  auto found =
      open_changes(filter(chance), filter(chance + "-A INPUT -p tcp -m tcp --dport 22 -j DROP\n"), by_eth0_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].before, (Fates{{.outcome = kWorks}, {.outcome = kDropped}}));
  EXPECT_EQ(found[0].after, Fates{{.outcome = kDropped}});
}

TEST_F(DifferenceTest, TheAnswerToWhatWasNotTrackedMayComeFromAnotherAddress) {
  std::string raw = "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j NOTRACK\nCOMMIT\n";
  Arrival datagram = {.packet = udp("198.51.100.1", "192.0.2.1", 53), .in_interface = "eth0"};
  for (const auto* target : {"SNAT --to-source 192.0.2.1", "MASQUERADE"}) {
    auto nat = fmt::format(
        "*nat\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n-A OUTPUT ! -d 203.0.0.0/16 -m ttl --ttl-lt "
        "200 -j RETURN\n-A POSTROUTING -j {}\nCOMMIT\n",
        target);
    auto found = changes(raw + filter(""), raw + nat + filter(""), datagram);
    auto has = [&](std::string_view text) {
      auto point = point_of(ip(text));
      return std::ranges::any_of(found, [&](const Changed& changed) {
        return !both(changed.destinations, {{point, point}}).empty() &&
               changed.after == Fates{{.outcome = kDropped}};
      });
    };
    EXPECT_FALSE(has("192.0.2.1")) << target;
    EXPECT_TRUE(has("10.1.0.1")) << target;
  }
}

// Of its own packets to itself source and destination are the same.
TEST_F(DifferenceTest, TheAnswerToWhatWasNotTrackedIsNewToARuleOfNat) {
  std::string untracked =
      "*raw\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -j NOTRACK\nCOMMIT\n"
      "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ! -s 10.1.0.3/32 -m conntrack --ctstate NEW -j "
      "ACCEPT\nCOMMIT\n";
  auto found = changes(untracked + filter(""), untracked + filter("-A INPUT -i eth1 -j DROP\n"), own_);
  ASSERT_THAT(found, testing::Not(IsEmpty()));
  for (const auto& changed : found) {
    EXPECT_EQ(changed.before, (Fates{{.outcome = kWorks}}));
    EXPECT_EQ(changed.after, (Fates{{.outcome = kDropped}}));
  }
}

TEST_F(DifferenceTest, OfItselfIsToldWhereARuleOfNatLooksAtTheConnection) {
  std::string nat =
      "*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m conntrack --ctorigdst 172.17.0.2 -j RETURN\nCOMMIT\n";
  auto found = changes(nat + filter(""), nat + filter("-A OUTPUT -d 192.0.2.1/32 -j DROP\n"), own_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(texts_of(found[0].destinations, Family::kIpv4), std::vector<std::string>{"192.0.2.1"});
}

}  // namespace
}  // namespace pyfw
