#include "shadow/dead_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/compiled_host.h"
#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "filter INPUT 2", and before that what it needs besides.
std::string name_of(const TracedHost& host, const RuleRef& rule) {
  const auto& chain = host.chain(rule.chain);
  return fmt::format("{}{}{} {} {}", chain.backend == Backend::kLegacy ? "legacy " : "",
                     chain.family == Family::kIpv6 ? "ip6 " : "", chain.table, chain.name, rule.rule + 1);
}

std::string word_of(DeadRule::Why why) {
  switch (why) {
    case DeadRule::Why::kContradicts: return "contradicts";
    case DeadRule::Why::kUncalled: return "uncalled";
    case DeadRule::Why::kCalledByDead: return "called by dead";
    case DeadRule::Why::kNotSent: return "not sent";
    case DeadRule::Why::kTaken: return "taken";
  }
  return "";
}

// "filter INPUT 2: taken: filter INPUT 1"
std::vector<std::string> found_in(const HostForTests& made, const Sets& sets = {}) {
  auto host = made.traced();
  auto dead = dead_rules(host, sets);
  EXPECT_TRUE(dead.has_value());
  std::vector<std::string> out;
  for (const auto& one : dead.value_or(std::vector<DeadRule>())) {
    std::vector<std::string> because;
    for (const auto& rule : one.because) because.push_back(name_of(host, rule));
    out.push_back(fmt::format("{}: {}{}{}", name_of(host, one.rule), word_of(one.why),
                              because.empty() ? "" : ": ", fmt::join(because, ", ")));
  }
  return out;
}

// Of rules for filter's INPUT, FORWARD and OUTPUT, and the chains ONE, TWO and THREE.
std::vector<std::string> found(std::string_view rules) {
  return found_in(
      HostForTests().rules("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:ONE "
                           "- [0:0]\n:TWO - [0:0]\n"
                           ":THREE - [0:0]\n" +
                           std::string(rules) + "COMMIT\n"));
}

std::vector<std::string> found_in_table(std::string_view table, std::string_view rules) {
  auto save = "*" + std::string(table) + "\n";
  for (auto chain : builtin_chains(table)) save += ":" + std::string(chain) + " ACCEPT [0:0]\n";
  return found_in(HostForTests().rules(save + ":ONE - [0:0]\n" + std::string(rules) + "COMMIT\n"));
}

std::vector<std::string> found_with_sets(const std::string& sets, std::string_view rules) {
  HostForTests made;
  made.sets(sets).rules(filter(rules));
  return found_in(made, made.state().state.sets);
}

TEST(DeadRules, NoneAreAmongThoseThatDockerWrites) {
  EXPECT_THAT(found_in(HostForTests().rules(kPublished)), IsEmpty());
}

TEST(DeadRules, OneWhosePacketsAnEarlierRuleTakesIsDead) {
  EXPECT_THAT(found("-A INPUT -s 10.0.0.0/8 -p tcp -j DROP\n"
                    "-A INPUT -s 10.1.0.0/16 -p tcp -m tcp --dport 22 -j ACCEPT\n"
                    "-A INPUT -s 10.1.0.0/16 -p udp -m udp --dport 22 -j ACCEPT\n"),
              ElementsAre("filter INPUT 2: taken: filter INPUT 1"));
}

TEST(DeadRules, SeveralTogetherMayTakeThemAndThoseOfAnotherTargetComeFirst) {
  EXPECT_THAT(found("-A INPUT -p tcp -m tcp --dport 0:999 -j ACCEPT\n"
                    "-A INPUT -p udp -j DROP\n"
                    "-A INPUT -p tcp -m tcp --dport 500:1500 -j DROP\n"
                    "-A INPUT -p tcp -m tcp --dport 1200:65535 -j ACCEPT\n"
                    "-A INPUT -p tcp -m tcp --dport 80:2000 -j ACCEPT\n"),
              ElementsAre("filter INPUT 5: taken: filter INPUT 3, filter INPUT 1, filter INPUT 4"));
}

TEST(DeadRules, ARuleThatIsDeadItselfTakesNothing) {
  EXPECT_THAT(found("-A INPUT -s 10.0.0.0/8 -j ACCEPT\n"
                    "-A INPUT -s 10.1.0.0/16 -j DROP\n"
                    "-A INPUT -s 10.1.2.0/24 -j ACCEPT\n"),
              ElementsAre("filter INPUT 2: taken: filter INPUT 1", "filter INPUT 3: taken: filter INPUT 1"));
}

TEST(DeadRules, ARuleTakesNothingOfWhatNeverGetsToItsChain) {
  EXPECT_THAT(found("-A INPUT -p tcp -j ACCEPT\n-A INPUT -j ONE\n-A ONE -p tcp -m tcp --dport 22 -j DROP\n"
                    "-A ONE -p tcp -m tcp --dport 22 -j LOG\n"),
              ElementsAre("filter ONE 1: taken: filter INPUT 1", "filter ONE 2: taken: filter INPUT 1"));
}

TEST(DeadRules, WhatGoesOnTakesNothing) {
  EXPECT_THAT(found("-A INPUT -j LOG\n-A INPUT -m comment --comment counts\n-A INPUT -j NFLOG\n"
                    "-A INPUT -j ACCEPT\n-A INPUT -j LOG\n"),
              ElementsAre("filter INPUT 5: taken: filter INPUT 4"));
  EXPECT_THAT(found("-A INPUT -j NFQUEUE --queue-num 0\n-A INPUT -j LOG\n"),
              ElementsAre("filter INPUT 2: taken: filter INPUT 1"));
}

TEST(DeadRules, WhatAnInvertedMatchLeavesIsKnown) {
  EXPECT_THAT(found("-A INPUT ! -s 10.0.0.0/8 -j DROP\n-A INPUT -s 192.0.2.0/24 -j ACCEPT\n"
                    "-A INPUT ! -i eth+ -j DROP\n-A INPUT -i eth0 -j ACCEPT\n-A INPUT -i br0 -j ACCEPT\n"),
              ElementsAre("filter INPUT 2: taken: filter INPUT 1",
                          "filter INPUT 5: taken: filter INPUT 3, filter INPUT 1"));
}

TEST(DeadRules, WhatAPacketLacksNeitherAMatchNorItsInverseTakes) {
  EXPECT_THAT(
      found("-A INPUT -m mac --mac-source 02:00:00:00:00:01 -j DROP\n"
            "-A INPUT -m mac ! --mac-source 02:00:00:00:00:01 -j DROP\n"
            "-A INPUT -p tcp -m tcp --dport 80 -j DROP\n-A INPUT -p tcp -m tcp ! --dport 80 -j DROP\n"
            "-A INPUT -m connmark --mark 0x1 -j DROP\n-A INPUT -m connmark ! --mark 0x1 -j DROP\n"
            "-A INPUT -p tcp -j ACCEPT\n-A INPUT -f -p tcp -j ACCEPT\n"),
      ElementsAre("filter INPUT 8: taken: filter INPUT 7, filter INPUT 1, filter INPUT 2, filter INPUT 5, "
                  "filter INPUT 6"));
}

TEST(DeadRules, WhatCameByNoBridgeIsOfNoPort) {
  EXPECT_THAT(
      found("-A FORWARD -m physdev --physdev-is-in -j DROP\n-A FORWARD -m physdev --physdev-in + -j ACCEPT\n"
            "-A FORWARD -m physdev ! --physdev-out veth3 -j DROP\n-A FORWARD -j ACCEPT\n"),
      ElementsAre("filter FORWARD 2: taken: filter FORWARD 1",
                  "filter FORWARD 4: taken: filter FORWARD 1, filter FORWARD 3"));
}

TEST(DeadRules, OneThatAsksForWhatItsHookNeverGetsContradicts) {
  EXPECT_THAT(found("-A OUTPUT -j ONE\n-A INPUT -j TWO\n"
                    "-A ONE -i eth0 -j DROP\n-A ONE ! -i eth0 -j DROP\n"
                    "-A TWO -o eth0 -j DROP\n-A TWO ! -o eth0 -j DROP\n"),
              ElementsAre("filter ONE 1: contradicts", "filter TWO 1: contradicts"));
  EXPECT_THAT(found_in_table("nat",
                             "-A PREROUTING -m conntrack --ctstate ESTABLISHED -j ACCEPT\n"
                             "-A PREROUTING -m conntrack --ctstate RELATED -j ACCEPT\n"
                             "-A PREROUTING -m conntrack --ctstate NEW -j ACCEPT\n"
                             "-A PREROUTING -p udp -j ACCEPT\n"),
              ElementsAre("nat PREROUTING 1: contradicts",
                          "nat PREROUTING 4: taken: nat PREROUTING 2, nat PREROUTING 3"));
}

TEST(DeadRules, APostroutingChainMayAskWhereAPacketCameIn) {
  EXPECT_THAT(found_in_table("mangle", "-A POSTROUTING -j ONE\n-A ONE -i eth0 -j LOG\n"), IsEmpty());
}

TEST(DeadRules, OneThatContradictsItself) {
  for (const char* match :
       {"-p udp -m tcp --tcp-flags SYN SYN", "-m mark --mark 0x2/0x1",
        "-p tcp -m multiport ! --ports 0:65535", "-m conntrack --ctstate INVALID -m connmark --mark 0x1",
        "-m mark --mark 0x1 -m mark ! --mark 0x1",
        "-m conntrack --ctorigdst 10.0.0.1 -m conntrack --ctstate UNTRACKED -m connmark ! --mark 1",
        "-f -p tcp -m tcp --dport 80", "-m physdev --physdev-in veth2 -m physdev --physdev-in veth3",
        "-m addrtype --dst-type LOCAL -m addrtype ! --dst-type LOCAL",
        "-m ttl --ttl-gt 64 -m ttl --ttl-lt 64", "-m owner --uid-owner 7 -m owner ! --socket-exists"})
    EXPECT_THAT(found(fmt::format("-A INPUT {} -j DROP\n", match)),
                ElementsAre("filter INPUT 1: contradicts"))
        << match;
}

TEST(DeadRules, OneOfAChainThatNothingJumpsTo) {
  EXPECT_THAT(found("-A ONE -j ACCEPT\n-A ONE -j TWO\n-A TWO -j ACCEPT\n"),
              ElementsAre("filter ONE 1: uncalled", "filter ONE 2: uncalled",
                          "filter TWO 1: called by dead: filter ONE 2"));
}

TEST(DeadRules, OneOfAChainWhoseJumpsNeverMatch) {
  EXPECT_THAT(
      found("-A INPUT -p tcp -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 22 -j ONE\n-A ONE -j DROP\n"),
      ElementsAre("filter INPUT 2: taken: filter INPUT 1", "filter ONE 1: called by dead: filter INPUT 2"));
}

TEST(DeadRules, OneWhosePacketsNoJumpSends) {
  EXPECT_THAT(found("-A INPUT -p tcp -j ONE\n-A FORWARD -p icmp -j ONE\n-A ONE -p udp -j DROP\n"
                    "-A ONE -p icmp -j DROP\n"),
              ElementsAre("filter ONE 1: not sent: filter INPUT 1, filter FORWARD 1"));
}

TEST(DeadRules, OneIsMetIfAnyOfTheJumpsSendsItsPackets) {
  EXPECT_THAT(found("-A INPUT -s 10.0.0.1/32 -j DROP\n-A INPUT -j ONE\n-A FORWARD -j ONE\n"
                    "-A ONE -s 10.0.0.1/32 -j DROP\n"),
              IsEmpty());
  EXPECT_THAT(found("-A INPUT -s 10.0.0.0/24 -j DROP\n-A INPUT -j ONE\n-A FORWARD -s 10.0.0.0/25 -j ACCEPT\n"
                    "-A FORWARD -j ONE\n-A ONE -s 10.0.0.1/32 -j DROP\n"),
              ElementsAre("filter ONE 1: taken: filter FORWARD 1, filter INPUT 1"));
}

TEST(DeadRules, TheRulesOfAChainThatIsJumpedToTakeTheCallersPackets) {
  EXPECT_THAT(found("-A INPUT -j ONE\n-A INPUT -s 10.0.0.0/24 -j ACCEPT\n-A INPUT -s 10.0.1.0/24 -j ACCEPT\n"
                    "-A ONE -j TWO\n-A TWO -s 10.0.1.0/24 -j RETURN\n-A TWO -s 10.0.0.0/16 -j DROP\n"),
              ElementsAre("filter INPUT 2: taken: filter TWO 2"));
}

TEST(DeadRules, WhatReturnsGoesOnBehindTheJumpAndNotInTheChain) {
  EXPECT_THAT(found("-A INPUT -j ONE\n-A INPUT -p tcp -j ACCEPT\n-A INPUT -p udp -j ACCEPT\n"
                    "-A ONE -p tcp -j RETURN\n-A ONE -p tcp -m tcp --dport 22 -j ACCEPT\n-A ONE -j DROP\n"),
              ElementsAre("filter INPUT 3: taken: filter ONE 3", "filter ONE 2: taken: filter ONE 1"));
}

TEST(DeadRules, ThatWhichAloneWouldBeEnoughIsNamedFirst) {
  EXPECT_THAT(found("-A INPUT -s 10.0.0.1 -j DROP\n-A INPUT -j ONE\n-A INPUT -s 10.0.0.0/24 -j ACCEPT\n"
                    "-A INPUT -s 10.0.0.0/25 -j ACCEPT\n-A ONE -s 10.0.0.0/30 -j RETURN\n"
                    "-A ONE -d 10.9.0.0/16 -j RETURN\n-A ONE -s 10.0.0.0/28 -j DROP\n"),
              ElementsAre("filter INPUT 4: taken: filter INPUT 3, filter INPUT 1, filter ONE 3"));
}

TEST(DeadRules, WhatIsGoneToComesBackWhereItsCallerWouldHave) {
  EXPECT_THAT(
      found("-A INPUT -j ONE\n-A INPUT -p udp -j ACCEPT\n-A ONE -p udp -g TWO\n-A ONE -p udp -j DROP\n"
            "-A TWO -j LOG\n"),
      ElementsAre("filter ONE 2: taken: filter ONE 1"));
  EXPECT_THAT(found("-A INPUT -g ONE\n-A INPUT -j ACCEPT\n-A ONE -s 10.0.0.0/8 -j DROP\n"),
              ElementsAre("filter INPUT 2: taken: filter INPUT 1, filter ONE 1"));
}

TEST(DeadRules, AMarkThatIsSetIsWhatLaterRulesSee) {
  EXPECT_THAT(found_in_table("mangle",
                             "-A PREROUTING -m mark --mark 0x1 -j ACCEPT\n"
                             "-A PREROUTING -p tcp -j MARK --set-xmark 0x1/0xffffffff\n"
                             "-A PREROUTING -m mark --mark 0x1 -j LOG\n"
                             "-A PREROUTING -p tcp -m mark --mark 0x2 -j LOG\n"
                             "-A PREROUTING -p udp -m mark --mark 0x1 -j LOG\n"
                             "-A PREROUTING -p udp -m mark --mark 0x2 -j LOG\n"),
              ElementsAre("mangle PREROUTING 4: taken: mangle PREROUTING 2",
                          "mangle PREROUTING 5: taken: mangle PREROUTING 1"));
}

TEST(DeadRules, AChainThatMarksIsNotTakenForOneThatDoesNot) {
  EXPECT_THAT(
      found_in_table("mangle",
                     "-A PREROUTING -m mark ! --mark 0x0 -j ACCEPT\n-A PREROUTING -j ONE\n"
                     "-A PREROUTING -m mark --mark 0x7 -j ACCEPT\n"
                     "-A ONE -m mark --mark 0x7 -j LOG\n"
                     "-A ONE -p tcp -j MARK --set-xmark 0x7/0xffffffff\n-A ONE -m mark --mark 0x7 -j LOG\n"),
      IsEmpty());
}

TEST(DeadRules, MarksOfConnectionsAreSavedAndRestored) {
  EXPECT_THAT(
      found_in_table("mangle",
                     "-A PREROUTING -m mark ! --mark 0x0 -j ACCEPT\n"
                     "-A PREROUTING -m connmark --mark 0x5 -j CONNMARK --restore-mark --nfmask 0xffffffff "
                     "--ctmask 0xffffffff\n"
                     "-A PREROUTING -m mark --mark 0x5 -j LOG\n-A PREROUTING -m mark --mark 0x6 -j LOG\n"),
      ElementsAre("mangle PREROUTING 4: taken: mangle PREROUTING 1"));
}

TEST(DeadRules, WithoutAConnectionItsMarkIsNotSet) {
  EXPECT_THAT(
      found_in_table("mangle",
                     "-A PREROUTING -j CONNMARK --set-xmark 0x5/0xffffffff\n"
                     "-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff\n"
                     "-A PREROUTING -m conntrack --ctstate INVALID -m mark --mark 0x6 -j LOG\n"
                     "-A PREROUTING -m conntrack --ctstate NEW -m connmark ! --mark 0x5 -j LOG\n"),
      ElementsAre("mangle PREROUTING 4: taken: mangle PREROUTING 1"));
}

TEST(DeadRules, WhatARuleChangesOfTheHeaderIsAskedAnew) {
  EXPECT_THAT(
      found_in_table("mangle",
                     "-A FORWARD -m ttl --ttl-eq 9 -j ACCEPT\n-A FORWARD -p tcp -j TTL --ttl-dec 1\n"
                     "-A FORWARD -m ttl --ttl-eq 9 -j ACCEPT\n-A FORWARD -m u32 --u32 8&0xFF=9 -j ACCEPT\n"
                     "-A FORWARD -p tcp -j TTL --ttl-set 3\n-A FORWARD -m u32 --u32 8&0xFF=9 -j ACCEPT\n"
                     "-A FORWARD -p tcp -m ttl --ttl-eq 9 -j ACCEPT\n"
                     "-A FORWARD -m u32 --u32 8&0xFF=9 -j DROP\n"),
      ElementsAre("mangle FORWARD 7: taken: mangle FORWARD 1, mangle FORWARD 3",
                  "mangle FORWARD 8: taken: mangle FORWARD 4, mangle FORWARD 6, mangle FORWARD 1, "
                  "mangle FORWARD 3"));
}

TEST(DeadRules, AChanceMayFallEitherWayEachTime) {
  EXPECT_THAT(found("-A INPUT -m limit --limit 3/min -j ACCEPT\n-A INPUT -m limit --limit 3/min -j ACCEPT\n"
                    "-A INPUT -m statistic --mode random --probability 0.5 -j DROP\n"),
              IsEmpty());
  // Also in a chain that a packet comes to twice.
  EXPECT_THAT(found("-A INPUT -j ONE\n-A INPUT -i eth0 -j LOG\n-A INPUT -j ONE\n-A INPUT -j LOG\n"
                    "-A ONE -m limit --limit 3/min -j RETURN\n-A ONE -i eth0 -j DROP\n"),
              IsEmpty());
}

TEST(DeadRules, WhatOnlyTheKernelCanTellItTellsAlikeEachTime) {
  EXPECT_THAT(found("-A INPUT -m string --string a --algo bm -j DROP\n"
                    "-A INPUT -m string --string a --algo bm -j ACCEPT\n"
                    "-A INPUT -m string --string b --algo bm -j ACCEPT\n"
                    "-A INPUT -m addrtype --dst-type LOCAL -j DROP\n"
                    "-A INPUT -m addrtype ! --dst-type LOCAL -j DROP\n-A INPUT -j ACCEPT\n"),
              ElementsAre("filter INPUT 2: taken: filter INPUT 1",
                          "filter INPUT 6: taken: filter INPUT 1, filter INPUT 4, filter INPUT 5, "
                          "filter INPUT 3"));
}

TEST(DeadRules, AnExtensionThatNobodyKnowsTakesNothingForSure) {
  EXPECT_THAT(found("-A INPUT -m geoip --source-country DE -j DROP\n"
                    "-A INPUT -m geoip --source-country DE -j DROP\n"
                    "-A INPUT -j CHAOS --tarpit\n-A INPUT -j ACCEPT\n"),
              IsEmpty());
}

TEST(DeadRules, WhatATargetDoesThatNobodyKnowsMayBeAnything) {
  EXPECT_THAT(
      found_in(HostForTests().ipv6_rules(
          "*mangle\n:PREROUTING ACCEPT [0:0]\n:ONE - [0:0]\n-A PREROUTING -s fd00::/8 -j ONE\n"
          "-A ONE -j SNPT --src-pfx fd00::/64 --dst-pfx 2001:db8::/64\n-A ONE -s 2001:db8::/64 -j LOG\n"
          "-A PREROUTING -s 2001:db8::/64 -j LOG\nCOMMIT\n")),
      IsEmpty());
}

TEST(DeadRules, AMatchThatChangesTheMarkChangesItForAll) {
  EXPECT_THAT(found_in_table("mangle",
                             "-A PREROUTING -m mark --mark 0x1 -j ACCEPT\n"
                             "-A PREROUTING -p tcp -m socket --restore-skmark -j LOG\n"
                             "-A PREROUTING -p udp -m mark --mark 0x1 -j LOG\n"),
              IsEmpty());
}

TEST(DeadRules, PacketsThatAreNotPlainAreThoughtOf) {
  EXPECT_THAT(found("-A INPUT -m policy --dir in --pol none -j ACCEPT\n"
                    "-A INPUT -m policy --dir in --pol ipsec -j ACCEPT\n-A INPUT -j DROP\n"),
              IsEmpty());
  EXPECT_THAT(found_in(HostForTests().ipv6_rules(filter("-A INPUT -p tcp -m hbh -j ACCEPT\n"
                                                        "-A INPUT -p tcp -m ah --ahspi 1 -j ACCEPT\n"
                                                        "-A INPUT -p tcp -j DROP\n"))),
              IsEmpty());
}

TEST(DeadRules, SetsAreTheAddressesThatTheyHave) {
  const std::string sets =
      "create few hash:ip family inet hashsize 1024 maxelem 65536\nadd few 10.0.0.1\nadd few 10.0.0.2\n"
      "create many hash:net family inet hashsize 1024 maxelem 65536\nadd many 10.0.0.0/30\n"
      "add many 10.9.0.0/16\nadd many 10.0.0.3 nomatch\n"
      "create none hash:ip family inet hashsize 1024 maxelem 65536\n"
      "create six hash:net family inet6 hashsize 1024 maxelem 65536\nadd six 2001:db8::/32\n"
      "create pairs hash:ip,port family inet hashsize 1024 maxelem 65536\nadd pairs 10.0.0.1,tcp:80\n"
      "create nobody hash:ip,port family inet hashsize 1024 maxelem 65536\n"
      "create lists list:set size 8\nadd lists few\nadd lists none\n";
  EXPECT_THAT(found_with_sets(sets,
                              "-A INPUT -m set --match-set many src -j DROP\n"
                              "-A INPUT -m set --match-set few src -j ACCEPT\n"
                              "-A INPUT -m set --match-set lists src -j ACCEPT\n"
                              "-A INPUT -m set --match-set few dst -j ACCEPT\n"
                              "-A INPUT -s 10.0.0.2/31 -j ACCEPT\n"
                              "-A INPUT -s 10.9.1.0/24 -j ACCEPT\n"),
              ElementsAre("filter INPUT 2: taken: filter INPUT 1", "filter INPUT 3: taken: filter INPUT 1",
                          "filter INPUT 6: taken: filter INPUT 1"));
  EXPECT_THAT(found_with_sets(sets,
                              "-A INPUT -m set --match-set none src -j DROP\n"
                              "-A INPUT -m set --match-set six src -j DROP\n"
                              "-A INPUT -m set --match-set pairs src -j DROP\n"
                              "-A INPUT -m set --match-set nobody src,src -j DROP\n"
                              "-A INPUT -m set --match-set unknown src -j DROP\n"),
              ElementsAre("filter INPUT 1: contradicts", "filter INPUT 2: contradicts",
                          "filter INPUT 3: contradicts", "filter INPUT 4: contradicts"));
  EXPECT_THAT(found_with_sets(sets,
                              "-A INPUT -m set --match-set pairs src,dst -j DROP\n"
                              "-A INPUT -m set --match-set pairs src,src -j DROP\n"
                              "-A INPUT -m set ! --match-set pairs src,dst -j DROP\n-A INPUT -j ACCEPT\n"),
              ElementsAre("filter INPUT 4: taken: filter INPUT 1, filter INPUT 2, filter INPUT 3"));
}

TEST(DeadRules, ASetThatFillsByItselfIsNotTakenForEmpty) {
  EXPECT_THAT(found_with_sets("create banned hash:ip family inet hashsize 1024 maxelem 65536 timeout 60\n"
                              "create knocked hash:ip family inet hashsize 1024 maxelem 65536\n",
                              "-A INPUT -m set --match-set banned src -j DROP\n"
                              "-A INPUT -m set --match-set knocked src -j ACCEPT\n"
                              "-A INPUT -m set --match-set knocked src -j ACCEPT\n"
                              "-A INPUT -m set ! --match-set knocked src -j LOG\n"
                              "-A INPUT -p udp -j SET --add-set knocked src\n"),
              IsEmpty());
}

TEST(DeadRules, OfEachFamilyAndBackendAreFoundByThemselves) {
  HostForTests made;
  made.rules(filter("-A INPUT -p tcp -j ACCEPT\n"))
      .ipv6_rules(filter("-A INPUT -s 2001:db8::/32 -j DROP\n-A INPUT -s 2001:db8:1::/48 -j ACCEPT\n"
                         "-A INPUT -s 2001:db9::/48 -j ACCEPT\n"))
      .legacy_rules(filter("-A INPUT -p tcp -j DROP\n-A INPUT -p tcp -j DROP\n"));
  EXPECT_THAT(found_in(made), ElementsAre("legacy filter INPUT 2: taken: legacy filter INPUT 1",
                                          "ip6 filter INPUT 2: taken: ip6 filter INPUT 1"));
}

TEST(DeadRules, ChainsThatGoRoundInACircleAreTakenForWhatever) {
  EXPECT_THAT(found("-A INPUT -j ONE\n-A INPUT -p udp -j DROP\n-A ONE -j TWO\n-A TWO -p tcp -j ONE\n"
                    "-A TWO -p udp -j DROP\n-A TWO -p udp -j ACCEPT\n"),
              ElementsAre("filter INPUT 2: taken: filter TWO 2", "filter TWO 3: taken: filter TWO 2"));
}

}  // namespace
}  // namespace pyfw
