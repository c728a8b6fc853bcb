// What is pyfw's own: only that goes when its wish has gone, and only that is claimed without being asked.

#include "live.h"

namespace pyfw::netns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Ownership : public LiveTest {
 protected:
  // `rules` is what stands in the list of filter INPUT.
  void wish_input(const std::string& rules, const std::string& more = "") const {
    wish("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT: { " + more + "rules: [" + rules + "] }\n");
  }
  Outcome done(const std::vector<std::string>& arguments = {"apply"}) const {
    auto run = pyfw(arguments);
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    return run;
  }
  Outcome refused(int status, const std::vector<std::string>& arguments = {"apply"}) const {
    auto before = save() + save("ip6tables") + sh("ipset save");
    auto run = pyfw(arguments);
    EXPECT_EQ(run.status, status) << run.out << run.err;
    EXPECT_EQ(save() + save("ip6tables") + sh("ipset save"), before) << "bad input changes nothing";
    return run;
  }
  std::string policy(const std::string& chain) const {
    return sh("iptables-save -t filter | sed -n 's/^:" + chain + " \\([A-Z]*\\) .*/\\1/p'");
  }
  void expect_nothing_to_do() const {
    auto plan = pyfw({"plan"});
    EXPECT_EQ(plan.status, 0) << plan.out << plan.err;
  }
};

constexpr auto kA = "-s 10.0.0.1/32 -m comment --comment a -j ACCEPT";
constexpr auto kB = "-s 10.0.0.2/32 -m comment --comment b -j ACCEPT";

TEST_P(Ownership, RuleWhoseWishHasGoneGoesAndForeignOnesNeverDo) {
  sh("iptables -A INPUT -s 10.9.9.9 -j DROP; iptables -A INPUT -m comment --comment b -s 10.9.9.8 -j DROP;"
     "iptables -A FORWARD -s 10.0.0.2 -m comment --comment b -j ACCEPT; iptables -D INPUT 2");
  wish_input("a: -s 10.0.0.1 -j ACCEPT, b: -s 10.0.0.2 -j ACCEPT, -s 10.0.0.3 -j DROP");
  done();
  EXPECT_EQ(rules("INPUT").size(), 4);
  wish_input("a: -s 10.0.0.1 -j ACCEPT");
  EXPECT_EQ(pyfw({"plan"}).status, 3);
  done();
  EXPECT_THAT(rules("INPUT"), ElementsAre(kA, "-s 10.9.9.9/32 -j DROP"));
  EXPECT_THAT(rules("FORWARD"), ElementsAre(kB)) << "the same rule in a chain without wishes is another's";
  expect_nothing_to_do();
  // A wish for nothing at all.
  wish("pyfw_wishes: {}\n");
  done();
  EXPECT_THAT(rules("INPUT"), ElementsAre("-s 10.9.9.9/32 -j DROP"));
  expect_nothing_to_do();
}

TEST_P(Ownership, RuleThatTheOwnerEditedByHandStays) {
  wish_input("a: -s 10.0.0.1 -j ACCEPT, b: -s 10.0.0.2 -j ACCEPT");
  done();
  sh("iptables -R INPUT 1 -s 10.0.0.1 -m comment --comment a -j DROP");
  wish_input("");
  done();
  EXPECT_THAT(rules("INPUT"), ElementsAre("-s 10.0.0.1/32 -m comment --comment a -j DROP"));
  expect_nothing_to_do();
}

// A name that pyfw put there is claimed whatever its text now is; a second wish of the name is that rule.
TEST_P(Ownership, RuleOfThePyfwsOwnNameIsPutRightWithoutAdopt) {
  wish_input("a: -s 10.0.0.1 -j ACCEPT");
  done();
  sh("iptables -R INPUT 1 -s 10.0.0.7 -m comment --comment a -j DROP");
  done();
  EXPECT_THAT(rules("INPUT"), ElementsAre(kA));
}

// What was removed is pyfw's no more: the same rule, added later by someone else, is foreign.
TEST_P(Ownership, WhatWasPrunedIsForgotten) {
  wish_input("a: -s 10.0.0.1 -j ACCEPT, b: -s 10.0.0.2 -j ACCEPT", "default_action: DROP, ");
  done();
  wish_input("b: -s 10.0.0.2 -j ACCEPT");
  done();
  EXPECT_EQ(policy("INPUT"), "ACCEPT\n");
  sh("iptables -A INPUT -s 10.0.0.1 -m comment --comment a -j ACCEPT; iptables -P INPUT DROP");
  expect_nothing_to_do();
  done();
  EXPECT_THAT(rules("INPUT"), ElementsAre(kB, kA));
  EXPECT_EQ(policy("INPUT"), "DROP\n");
}

TEST_P(Ownership, PolicyReturnsToWhatItWasBeforeTheFirstWishForIt) {
  sh("iptables -P FORWARD DROP");
  for (const char* action : {"DROP", "ACCEPT", "DROP"}) {
    wish(std::string("pyfw_wishes: { iptables: { filter: { INPUT: { default_action: ") + action +
         " }, FORWARD: { default_action: ACCEPT }}}}");
    done();
    EXPECT_EQ(policy("INPUT"), std::string(action) + "\n");
    EXPECT_EQ(policy("FORWARD"), "ACCEPT\n");
  }
  wish("pyfw_wishes: {}");
  done();
  EXPECT_EQ(policy("INPUT"), "ACCEPT\n");
  EXPECT_EQ(policy("FORWARD"), "DROP\n");
  expect_nothing_to_do();
}

TEST_P(Ownership, PolicyThatTheOwnerChangedStays) {
  sh("iptables -P INPUT DROP");
  wish(
      "pyfw_wishes: { iptables: { filter: { INPUT: { default_action: ACCEPT }, OUTPUT: { default_action: "
      "DROP }}}}");
  done();
  sh("iptables -P OUTPUT ACCEPT; iptables -P INPUT DROP");
  wish("pyfw_wishes: {}");
  done();
  EXPECT_EQ(policy("INPUT") + policy("OUTPUT"), "DROP\nACCEPT\n");
}

constexpr auto kChains = R"(pyfw_wishes:
  ip46tables:
    filter:
      INPUT: { rules: [ to_a: -p tcp -j A ] }
      A: { rules: [ to_b: -s ::/0 -j B ] }
      B: { rules: [ end: -j DROP ] }
)";

std::string chains(const std::string& wishes = kChains) {
  auto text = wishes;
  text.replace(text.find("-s ::/0 "), 8, "");
  return text;
}

TEST_P(Ownership, ChainsThatPyfwMadeGoWithTheirRules) {
  wish(chains());
  done();
  EXPECT_THAT(save("ip6tables"), HasSubstr("-A A -m comment --comment to_b -j B"));
  wish("pyfw_wishes: {}");
  auto run = done();
  EXPECT_EQ(run.err.find("stays"), std::string::npos) << run.err;
  for (const char* family : {"iptables", "ip6tables"}) {
    EXPECT_THAT(save(family), Not(HasSubstr("\n:A "))) << family;
    EXPECT_THAT(save(family), Not(HasSubstr("\n:B "))) << family;
  }
  expect_nothing_to_do();
}

TEST_P(Ownership, ChainThatOthersUseStaysAndItIsSaid) {
  wish(chains());
  done();
  sh("iptables -A A -s 10.9.9.9 -j LOG; ip6tables -A OUTPUT -j B");
  wish("pyfw_wishes: {}");
  auto run = done();
  EXPECT_THAT(run.err,
              HasSubstr("chain A in table filter of iptables is no longer wished, but stays: rules that are "
                        "not pyfw's stand in it"));
  EXPECT_THAT(
      run.err,
      HasSubstr("chain B in table filter of ip6tables is no longer wished, but stays: rule 1 of OUTPUT "
                "jumps to it"));
  EXPECT_THAT(rules("A"), ElementsAre("-s 10.9.9.9/32 -j LOG"));
  EXPECT_THAT(save(), Not(HasSubstr(":B ")));
  EXPECT_THAT(save("ip6tables"), HasSubstr(":B "));
  EXPECT_THAT(save("ip6tables"), Not(HasSubstr(":A ")));
  expect_nothing_to_do();
  // Until nobody uses them any more.
  sh("iptables -F A; ip6tables -F OUTPUT");
  done();
  EXPECT_THAT(save(), Not(HasSubstr(":A ")));
  EXPECT_THAT(save("ip6tables"), Not(HasSubstr(":B ")));
}

TEST_P(Ownership, ChainThatOthersMadeStaysEmpty) {
  sh("iptables -N A");
  wish(chains());
  done();
  wish("pyfw_wishes: {}");
  done();
  EXPECT_THAT(save(), HasSubstr(":A - "));
  EXPECT_THAT(rules("A"), IsEmpty());
}

constexpr auto kSets = R"(pyfw_wishes:
  ipsets:
    a: { type: 'hash:ip', members_equal: [10.0.0.1, 10.0.0.2] }
    z: { type: 'list:set', members_equal: [a] }
    theirs: { members_include: [10.0.0.1, 10.0.0.2] }
  iptables:
    filter:
      INPUT: { rules: [ known: -m set --match-set z src -j ACCEPT ] }
)";

TEST_P(Ownership, SetsThatPyfwMadeGoAndOfOthersOnlyTheAddedMembers) {
  sh("ipset create theirs hash:ip; ipset add theirs 10.0.0.1");
  wish(kSets);
  done();
  sh("ipset add theirs 10.0.0.9");
  wish("pyfw_wishes: {}");
  done();
  EXPECT_EQ(sh("ipset save | grep -v create | sort"), "add theirs 10.0.0.1\nadd theirs 10.0.0.9\n");
  EXPECT_EQ(sh("ipset list -name"), "theirs\n");
  expect_nothing_to_do();
}

TEST_P(Ownership, SetThatOthersUseStaysAndItIsSaid) {
  sh("ipset create theirs hash:ip");
  wish(kSets);
  done();
  sh("iptables -A OUTPUT -m set --match-set z dst -j LOG");
  wish("pyfw_wishes: {}");
  auto run = done();
  EXPECT_THAT(run.err, HasSubstr("set 'a' is no longer wished, but stays: set 'z' holds it"));
  EXPECT_THAT(run.err,
              HasSubstr("set 'z' is no longer wished, but stays: rule 1 of chain OUTPUT in table filter of "
                        "iptables names it"));
  EXPECT_THAT(rules("INPUT"), IsEmpty());
  EXPECT_EQ(sh("ipset list -name | sort"), "a\ntheirs\nz\n");
  expect_nothing_to_do();
  // Until nobody uses them any more.
  sh("iptables -F OUTPUT");
  done();
  EXPECT_EQ(sh("ipset list -name"), "theirs\n");
}

TEST_P(Ownership, WithADamagedOrLostRecordNothingIsPruned) {
  for (const char* damage :
       {"truncate -s -20 /var/lib/pyfw/*/record", "echo garbage >$(ls /var/lib/pyfw/*/record)",
        "sed -i 's/10.0.0.1/10.0.0.7/' /var/lib/pyfw/*/record", ": >$(ls /var/lib/pyfw/*/record)",
        "rm /var/lib/pyfw/*/record"}) {
    wish_input("b: -s 10.0.0.2 -j ACCEPT, a: -s 10.0.0.1 -j ACCEPT");
    done({"apply", "--adopt"});
    sh(damage);
    wish_input("b: -s 10.0.0.2 -j ACCEPT");
    auto plan = pyfw({"plan"});
    EXPECT_EQ(plan.status, 0) << damage << plan.out << plan.err;
    auto run = done();
    bool is_lost = std::string(damage).starts_with("rm");
    if (!is_lost) {
      EXPECT_THAT(run.err, HasSubstr("record")) << damage;
      EXPECT_THAT(run.err, HasSubstr("stay on the host")) << damage;
    }
    EXPECT_THAT(rules("INPUT"), ElementsAre(kB, kA)) << damage;
    // Written anew, it is whole again, and b is known to be pyfw's.
    wish_input("");
    EXPECT_THAT(done().err, Not(HasSubstr("record"))) << damage;
    EXPECT_THAT(rules("INPUT"), ElementsAre(kA)) << damage;
    sh("iptables -F INPUT");
  }
}

TEST_P(Ownership, WishesOfAnotherPathTakeReplace) {
  wish_input("a: -s 10.0.0.1 -j ACCEPT");
  done();
  sh("sed s/a:.*ACCEPT/b:\\ -s\\ 10.0.0.2\\ -j\\ ACCEPT/ /etc/pyfw/wishes.yaml >/etc/pyfw/other.yaml");
  for (const char* command : {"plan", "apply"}) {
    auto run = refused(2, {command, "--wishes", "/etc/pyfw/other.yaml"});
    EXPECT_THAT(
        run.err,
        HasSubstr("last time the wishes came from the default places, now from /etc/pyfw/other.yaml"));
    EXPECT_THAT(run.err, HasSubstr("--replace"));
  }
  done({"apply", "--replace", "--wishes", "/etc/pyfw/other.yaml"});
  EXPECT_THAT(rules("INPUT"), ElementsAre(kB));
  done({"apply", "--wishes", "/etc/pyfw/../pyfw/other.yaml"});
  refused(2);
  done({"apply", "--replace"});
  EXPECT_THAT(rules("INPUT"), ElementsAre(kA));
}

TEST_P(Ownership, ReplaceIsAskedForAlsoWhereOnlyAPolicyWouldGo) {
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { default_action: DROP }}}}");
  done();
  sh("echo 'pyfw_wishes: {}' >/etc/pyfw/other.yaml");
  refused(2, {"apply", "--wishes", "/etc/pyfw/other.yaml"});
  EXPECT_EQ(policy("INPUT"), "DROP\n");
}

TEST_P(Ownership, ClassicApplyWritesTheRecordButNeverPrunes) {
  wish_input("b: -s 10.0.0.2 -j ACCEPT, a: -s 10.0.0.1 -j ACCEPT", "default_action: DROP, ");
  apply();
  wish_input("b: -s 10.0.0.2 -j ACCEPT");
  EXPECT_EQ(apply(), kAlreadyFulfilled);
  EXPECT_THAT(rules("INPUT"), ElementsAre(kB, kA));
  EXPECT_EQ(policy("INPUT"), "DROP\n");
  EXPECT_EQ(apply(), kAlreadyFulfilled);
  done();
  EXPECT_THAT(rules("INPUT"), ElementsAre(kB));
  EXPECT_EQ(policy("INPUT"), "ACCEPT\n");
}

TEST_P(Ownership, NameOfAnotherTextIsRefusedAtItsPlaceAndTakenOverWithAdopt) {
  sh("iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -s 10.0.0.7 -m comment --comment a -j DROP");
  wish(
      "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - a: -s 10.0.0.1 -j "
      "ACCEPT\n");
  for (const char* command : {"plan", "apply"}) {
    auto run = refused(2, {command});
    EXPECT_THAT(run.err, HasSubstr("/etc/pyfw/wishes.yaml:6:11: error: rule 2 of the chain bears this name"));
    EXPECT_THAT(run.err, HasSubstr("-s 10.0.0.7/32 -m comment --comment a -j DROP"));
    EXPECT_THAT(run.err, HasSubstr("        - a: -s 10.0.0.1 -j ACCEPT\n      |           ^\n"));
    EXPECT_THAT(run.err, HasSubstr("--adopt"));
  }
  EXPECT_EQ(pyfw({"plan", "--adopt"}).status, 3);
  done({"apply", "--adopt"});
  EXPECT_THAT(rules("INPUT"), ElementsAre(kA, "-i lo -j ACCEPT"));
  done();
  expect_nothing_to_do();
}

TEST_P(Ownership, WhoWouldHaveARuleTwiceIsToldOfAdopt) {
  sh("iptables -A INPUT -s 10.0.0.1 -j ACCEPT");
  wish_input("a: -s 10.0.0.1 -j ACCEPT");
  EXPECT_THAT(pyfw({"plan"}).err, HasSubstr("one of the new rules stands there already, without a name"));
  EXPECT_THAT(pyfw({"plan", "--adopt"}).err, testing::Not(HasSubstr("without a name")));
  done({"apply", "--adopt"});
  EXPECT_THAT(rules("INPUT"), ElementsAre(kA));
  expect_nothing_to_do();
}

TEST_P(Ownership, RulesEqualWhereOthersWriteTakesAdoptOnce) {
  sh("iptables -N DOCKER-USER; iptables -A FORWARD -j DOCKER-USER; iptables -A DOCKER-USER -j RETURN;"
     "iptables -A INPUT -s 10.9.9.9 -j DROP");
  for (const std::string chain : {"INPUT", "DOCKER-USER"}) {
    wish("pyfw_wishes:\n  iptables:\n    filter:\n      " + chain +
         ":\n        rules_equal:\n        - a: -s 10.0.0.1 -j ACCEPT\n");
    auto run = refused(2);
    EXPECT_THAT(run.err,
                HasSubstr("/etc/pyfw/wishes.yaml:5:9: error: rules_equal would remove rule 1 of " + chain));
    done({"apply", "--adopt"});
    EXPECT_THAT(rules(chain), ElementsAre(kA));
    // Others write it again: that was allowed for good.
    sh("iptables -A " + chain + " -s 10.9.9.8 -j LOG");
    done();
    EXPECT_THAT(rules(chain), ElementsAre(kA));
  }
}

TEST_P(Ownership, RulesEqualThatFoundNothingToTakeAwayStillTakesAdoptLater) {
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules_equal: [ a: -s 10.0.0.1 -j ACCEPT ] }}}}");
  done();
  sh("iptables -A INPUT -s 10.9.9.8 -j LOG");
  refused(2);
  done({"apply", "--adopt"});
  EXPECT_THAT(rules("INPUT"), ElementsAre(kA));
}

PYFW_ON_BOTH_BACKENDS(Ownership);

}  // namespace
}  // namespace pyfw::netns
