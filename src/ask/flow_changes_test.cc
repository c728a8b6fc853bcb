#include "ask/flow_changes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FlowChangesTest : public testing::Test {
 protected:
  // Line by line, without the first two.
  std::vector<std::string> lines(const std::string& before, const std::string& after) {
    auto changes = between(before, after);
    std::vector<std::string> out;
    std::string line;
    for (char c : as_text({.lines = changes}, false)) {
      if (c != '\n') {
        line += c;
        continue;
      }
      if (line.starts_with("  ")) out.push_back(line.substr(2));
      line.clear();
    }
    return out;
  }

  std::vector<FlowChange> between(const std::string& before, const std::string& after) {
    Scene now(made_.rules(before).state());
    if (!sets_after_.empty()) made_.sets(sets_after_);
    Scene then(made_.rules(after).state());
    auto changes = flow_changes(now, then);
    EXPECT_TRUE(changes) << (changes ? "" : changes.error().message);
    EXPECT_FALSE(changes && changes->open_untold);
    return changes ? changes->lines : std::vector<FlowChange>();
  }

  HostForTests made_;
  std::string sets_after_;
};

TEST_F(FlowChangesTest, NamesEndsPortsAndWhatBecomesOfThem) {
  made_.with_docker();
  EXPECT_THAT(
      lines(filter(""),
            filter("-A FORWARD -i eth0 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW "
                   "-j DROP\n")),
      ElementsAre("tcp from anywhere by eth0 to container a:80: works → dropped"));
  EXPECT_THAT(lines(filter("-A INPUT -p tcp -m tcp --dport 1:1023 -j DROP\n"), filter("")),
              ElementsAre("tcp from anywhere by eth0, eth1, docker0 to host, ports 1-1023: dropped → works",
                          "tcp from the host itself to host, 127.0.0.0/8, ports 1-1023: dropped → works"));
}

TEST_F(FlowChangesTest, WhoIsNotMasqueradedAnyMoreIsNamed) {
  made_.with_docker();
  auto nat = [](std::string_view rules) {
    return "*nat\n:POSTROUTING ACCEPT [0:0]\n" + std::string(rules) + "COMMIT\n";
  };
  auto masquerade = nat("-A POSTROUTING -s 172.17.0.0/16 -o eth0 -p tcp -j MASQUERADE\n");
  auto told = lines(masquerade, nat(""));
  EXPECT_THAT(told, ElementsAre("tcp from anywhere by docker0 to anywhere but network bridge, 10.1.0.0/24, "
                                "192.0.2.1: works, masqueraded → works"));
  // Where it does not work any more, it does not matter as whom it was sent.
  EXPECT_THAT(lines(masquerade, nat("") + filter("-A FORWARD -j DROP\n")),
              testing::Each(testing::Not(HasSubstr("masqueraded"))));
}

TEST_F(FlowChangesTest, ProtocolsThatFareAlikeAreOneLine) {
  EXPECT_THAT(
      lines(filter(""), filter("-A FORWARD -i eth0 -o eth1 -m conntrack --ctstate NEW -j DROP\n")),
      ElementsAre("anything from anywhere by eth0 to 10.1.0.0, 10.1.0.2-10.1.0.254: works → dropped"));
  EXPECT_THAT(
      lines(filter(""), filter("-A FORWARD -i eth0 -o eth1 -p udp -m conntrack --ctstate NEW -j DROP\n")),
      ElementsAre("udp from anywhere by eth0 to 10.1.0.0, 10.1.0.2-10.1.0.254: works → dropped"));
}

TEST_F(FlowChangesTest, ASetThatChangesIsCalledByItsMembers) {
  made_.sets("create hosts hash:ip family inet hashsize 1024 maxelem 65536\nadd hosts 198.51.100.1\n");
  sets_after_ = "create hosts hash:ip family inet hashsize 1024 maxelem 65536\n";
  auto rules = filter("-A INPUT -i eth0 -p tcp -m tcp --dport 22 -m set ! --match-set hosts src -j DROP\n");
  EXPECT_THAT(lines(rules, rules), ElementsAre("tcp from 198.51.100.1 by eth0 to host:22: works → dropped"));
}

TEST_F(FlowChangesTest, OfManyNamesTheTextHasADozen) {
  sets_after_ = "create hosts hash:ip family inet hashsize 1024 maxelem 65536\n";
  made_.sets(sets_after_);
  for (int i = 1; i <= 40; ++i) sets_after_ += fmt::format("add hosts 198.51.100.{}\n", 2 * i);
  auto rules = filter("-A INPUT -i eth0 -p tcp -m tcp --dport 22 -m set --match-set hosts src -j DROP\n");
  auto changes = between(rules, rules);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].from.names.size(), 40U);
  EXPECT_THAT(as_text({.lines = changes}, false),
              HasSubstr("198.51.100.24, … and 28 more by eth0 to host:22"));
}

TEST_F(FlowChangesTest, WhatIsLetInComesFirst) {
  auto found = lines(filter("-A INPUT -i eth0 -p tcp -m tcp --dport 23 -j DROP\n"),
                     filter("-A INPUT -i eth0 -p tcp -m tcp --dport 22 -j DROP\n"));
  EXPECT_THAT(found, ElementsAre("tcp from anywhere by eth0 to host:23: dropped → works",
                                 "tcp from anywhere by eth0 to host:22: works → dropped"));
}

TEST_F(FlowChangesTest, FamiliesAreNamedWhereTheyDiffer) {
  Scene now(made_.state());
  Scene then(made_.ipv6_rules(filter("-A INPUT -i eth0 -p tcp -m tcp --dport 22 -j DROP\n")).state());
  auto changes = flow_changes(now, then);
  ASSERT_TRUE(changes);
  EXPECT_THAT(as_text(*changes, false),
              HasSubstr("  tcp (IPv6) from anywhere by eth0 to host:22: works → dropped\n"));
}

TEST_F(FlowChangesTest, NoneIsSaidToBeNone) {
  EXPECT_EQ(as_text({.lines = between(filter(""), filter("-A INPUT -j ACCEPT\n"))}, false),
            "\nNo connection is treated otherwise, new or open, as far as can be told.\n");
}

TEST_F(FlowChangesTest, WhereNobodyKnowsTheHostNothingIsSaid) {
  made_.facts() = {};
  EXPECT_THAT(between(filter(""), filter("-A INPUT -j DROP\n")), IsEmpty());
}

TEST_F(FlowChangesTest, WhereThoseThatAreOpenTakeTooManyNodesNewOnesAreCompared) {
  // These tell packets apart only where they are of an open connection.
  std::string old = "-A INPUT -m conntrack --ctstate INVALID -j DROP\n";
  auto rules = old + "-A INPUT -i eth0 -p tcp -m tcp --dport 22 -j DROP\n";
  for (int i = 1; i <= 8; ++i)
    rules += fmt::format(
        "-A INPUT -i eth0 -s 198.51.100.{0}/32 -p tcp -m tcp --sport {0}000:{0}999 "
        "-m conntrack --ctstate ESTABLISHED -m ttl --ttl-lt {0}0 -j DROP\n",
        i);
  Scene now(made_.rules(filter(old)).state());
  Scene then(made_.rules(filter(rules)).state());
  auto all = flow_changes(now, then);
  ASSERT_TRUE(all);
  ASSERT_FALSE(all->open_untold);
  // The most that are too few for all.
  std::size_t few = 2;
  std::size_t enough = std::size_t{1} << 20U;
  while (enough - few > 1) {
    auto nodes = (few + enough) / 2;
    auto some = flow_changes(now, then, nodes);
    (some && !some->open_untold ? enough : few) = nodes;
  }
  auto found = flow_changes(now, then, few);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->open_untold);
  auto expected = all->lines;
  std::erase_if(expected, [](const FlowChange& line) { return line.connections.front() != "new"; });
  EXPECT_LT(expected.size(), all->lines.size());
  for (auto& line : expected) line.connections = {"new"};
  EXPECT_THAT(found->lines, testing::UnorderedElementsAreArray(expected));
  EXPECT_THAT(as_text(*found, false),
              HasSubstr("What becomes of those that are open can't be told: the rules tell apart more"));
}

TEST_F(FlowChangesTest, TooManyRulesAreNotCompared) {
  std::string rules;
  for (int i = 0; i < 201; ++i) rules += fmt::format("-A INPUT -s 10.0.0.{}/32 -j DROP\n", i);
  Scene now(made_.rules(filter("")).state());
  Scene then(made_.rules(filter(rules)).state());
  auto changes = flow_changes(now, then);
  ASSERT_FALSE(changes);
  EXPECT_EQ(changes.error().message, "more than 200 rules change");
}

TEST_F(FlowChangesTest, TheTextHasTwentyLines) {
  std::string rules;
  for (int i = 1; i <= 30; ++i)
    rules += fmt::format("-A INPUT -i eth0 -s 198.51.100.{}/32 -p tcp -m tcp --dport {} -j DROP\n", i, i);
  auto found = lines(filter(""), filter(rules));
  EXPECT_EQ(found.size(), kMostFlowLines + 1);
  EXPECT_EQ(found.back(), "… and 10 more: --format json");
}

}  // namespace
}  // namespace pyfw
