// `pyfw boot` on a host that has lost all its rules and sets, as by a reboot.

#include <fmt/format.h>

#include "keep/pending.h"
#include "live.h"

namespace pyfw::netns {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kWishes = R"(
pyfw_wishes:
  ipsets:
    offices: { type: 'hash:net', members_equal: [192.0.2.0/24, 198.51.100.0/24] }
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - established: -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
        - offices: -m set --match-set offices src -p tcp --dport ssh -j ACCEPT
    mangle:
      PREROUTING:
        rules:
        - no_telnet: -p tcp --dport 23 -j DROP
    nat:
      PREROUTING:
        rules:
        - web: -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80
  ip6tables:
    filter:
      INPUT:
        default_action: DROP
)";

class Boot : public LiveTest {
 protected:
  void lose_all() const {
    restore("*filter\nCOMMIT\n*mangle\nCOMMIT\n*nat\nCOMMIT\n*raw\nCOMMIT\n");
    restore("*filter\nCOMMIT\n*mangle\nCOMMIT\n*nat\nCOMMIT\n*raw\nCOMMIT\n", "ip6tables");
    sh("for family in iptables ip6tables; do for chain in INPUT FORWARD OUTPUT; do $family -P $chain ACCEPT; "
       "done; "
       "done; nft flush ruleset; ipset destroy");
  }
  void apply_wishes(std::string_view wishes) const {
    wish(wishes);
    auto run = pyfw({"apply"});
    ASSERT_EQ(run.status, 0) << run.err;
  }
  void boot() const {
    auto run = pyfw({"boot"});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
  }
  [[nodiscard]] Outcome copyless(const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv = {PYFW_COPYLESS_PROGRAM};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return host().run(argv).value();
  }
  // Without what differs from time to time: empty tables, the order of members.
  [[nodiscard]] std::string rules_and_sets() const {
    return sh(
        "for family in iptables ip6tables; do for table in raw mangle nat filter; do echo $family $table; "
        "$family-save -t $table | grep -e ^-A -e ' DROP \\[' || true; done; done; "
        "ipset save | sed 's/ initval [^ ]*//' | sort");
  }
  [[nodiscard]] std::string record() const { return sh("cat /var/lib/pyfw/*/record"); }
  [[nodiscard]] std::string kept() const { return sh("ls /var/lib/pyfw/*"); }
  // The change that waits, as a reboot leaves it; where it is kept.
  std::string let_it_be_of_another_boot() const {
    auto path = sh("ls /var/lib/pyfw/*/pending");
    path.pop_back();
    auto waits = parse_pending(sh("cat " + path)).value();
    sh(fmt::format("kill -9 {}", waits.holder));
    waits.boot = "00000000-0000-0000-0000-000000000000";
    EXPECT_TRUE(host().write_file(path, write_pending(waits)));
    return path;
  }
};
PYFW_ON_BOTH_BACKENDS(Boot);

TEST_P(Boot, BringsBackWhatWasAppliedLast) {
  apply_wishes(kWishes);
  auto applied = rules_and_sets();
  auto noted = record();
  auto files = kept();
  lose_all();
  ASSERT_NE(rules_and_sets(), applied);
  auto run = pyfw({"boot"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("enforced the wishes applied last: 4 rules new; 2 policies; 1 set new"));
  EXPECT_EQ(rules_and_sets(), applied);
  EXPECT_EQ(record(), noted);
  EXPECT_EQ(kept(), files) << "it is nothing that a rollback undoes";
  EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
  EXPECT_EQ(pyfw({"boot"}).out, "nothing to do: the wishes applied last are fulfilled\n");
}

TEST_P(Boot, WithoutRecordDoesNothing) {
  wish(kWishes);
  auto run = pyfw({"boot"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.out, "nothing to do: no wishes have been applied here\n");
  EXPECT_THAT(rules("INPUT"), IsEmpty());
}

TEST_P(Boot, ReadsNoFileOfWishes) {
  apply_wishes(kWishes);
  auto applied = rules_and_sets();
  for (const char* since :
       {"not: yaml: at all", "pyfw_wishes: { iptables: { filter: { INPUT: { rules: [-j DROP] }}}}"}) {
    lose_all();
    wish(since);
    boot();
    EXPECT_EQ(rules_and_sets(), applied);
  }
  lose_all();
  sh("rm /etc/pyfw/wishes.yaml");
  boot();
  EXPECT_EQ(rules_and_sets(), applied);
}

TEST_P(Boot, LeavesRulesOfOthersAlone) {
  apply_wishes(kWishes);
  lose_all();
  sh("iptables -A INPUT -i lo -j ACCEPT; iptables -N THEIRS; iptables -A FORWARD -j THEIRS");
  boot();
  EXPECT_THAT(rules("INPUT").back(), "-i lo -j ACCEPT");
  EXPECT_THAT(rules("FORWARD"), ElementsAre("-j THEIRS"));
  EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
}

TEST_P(Boot, UndoesFirstWhatWasNeverConfirmed) {
  apply_wishes(kWishes);
  auto applied = rules_and_sets();
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ shut: -j DROP ] }}}}");
  ASSERT_EQ(pyfw({"apply", "--confirm-within", "10m"}).status, 0);
  let_it_be_of_another_boot();
  lose_all();
  auto run = pyfw({"boot"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("a change was never confirmed; undoing it first"));
  EXPECT_EQ(rules_and_sets(), applied);
  EXPECT_THAT(kept(), Not(HasSubstr("pending")));
}

// The record of that change tells another backend than that of the wishes which hold again.
TEST_P(Boot, WhatWasNeverConfirmedOnTheOtherBackendLeavesNothingThere) {
  apply_wishes(
      "pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ closed: -p tcp --dport 23 -j DROP ] }}}}");
  auto applied = rules_and_sets();
  auto other = is_legacy() ? std::string("nft") : std::string("legacy");
  for (bool has_died : {false, true}) {
    wish("pyfw_wishes: { iptables: { filter: { FORWARD: { rules: [ shut: -j DROP ] }}}}");
    auto run = pyfw({"apply", "--backend", other, "--confirm-within", "10m"});
    ASSERT_EQ(run.status, 0) << has_died << run.err;
    auto path = let_it_be_of_another_boot();
    if (has_died) sh("rm " + path);
    lose_all();
    sh(fmt::format("iptables-{}-restore </dev/null; iptables-{} -F FORWARD; iptables-{} -P INPUT ACCEPT",
                   other, other, other));
    boot();
    EXPECT_EQ(rules_and_sets(), applied);
    EXPECT_THAT(sh(fmt::format("iptables-{0}-save; ip6tables-{0}-save", other)),
                Not(AnyOf(HasSubstr("-A "), HasSubstr(" DROP"))));
  }
}

// Killed after the record was written and before anything waited for a confirm.
TEST_P(Boot, TakesTheWishesBeforeAnApplyThatDiedBeforeItsChangeWaited) {
  apply_wishes(kWishes);
  auto applied = rules_and_sets();
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ shut: -j DROP ] }}}}");
  ASSERT_EQ(pyfw({"apply", "--confirm-within", "10m"}).status, 0);
  auto holder = parse_pending(sh("cat /var/lib/pyfw/*/pending")).value().holder;
  sh(fmt::format("kill -9 {}; rm /var/lib/pyfw/*/pending", holder));
  lose_all();
  boot();
  EXPECT_EQ(rules_and_sets(), applied);
  EXPECT_THAT(record(), Not(HasSubstr("shut")));
}

TEST_P(Boot, AWaitingChangeThatIsDamagedKeepsNothingOpen) {
  apply_wishes(kWishes);
  auto applied = rules_and_sets();
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ shut: -j DROP ] }}}}");
  ASSERT_EQ(pyfw({"apply", "--confirm-within", "10m"}).status, 0);
  auto holder = parse_pending(sh("cat /var/lib/pyfw/*/pending")).value().holder;
  sh(fmt::format("kill -9 {}; sed -i s/shut/shot/ /var/lib/pyfw/*/pending", holder));
  lose_all();
  auto run = pyfw({"boot"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("error: "));
  EXPECT_EQ(rules_and_sets(), applied);
}

TEST_P(Boot, ADamagedRecordEnforcesNothingAndSaysSo) {
  apply_wishes(kWishes);
  lose_all();
  sh("sed -i s/offices/officez/ /var/lib/pyfw/*/record");
  auto run = pyfw({"boot"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("the record of what was applied last can't be used"));
  EXPECT_THAT(rules("INPUT"), IsEmpty());
}

constexpr const char* kExternal = R"(
pyfw_wishes:
  iptables:
    filter:
      INPUT:
        rules:
        - no_ssh: -i ${external_interface} -p tcp --dport 22 -j DROP
)";

class BootBeforeTheNetwork : public Boot {
 protected:
  void add_route_by(const std::string& interface) const {
    sh(fmt::format(
        "ip link add {0} type veth peer name other; ip link set other up; ip link set {0} up; ip addr add "
        "192.0.2.9/24 dev {0}; ip route add default via 192.0.2.1",
        interface));
  }
};
PYFW_ON_BOTH_BACKENDS(BootBeforeTheNetwork);

TEST_P(BootBeforeTheNetwork, TakesTheExternalInterfaceForWhatItWas) {
  add_route_by("wan0");
  apply_wishes(kExternal);
  auto applied = rules("INPUT");
  auto noted = record();
  lose_all();
  sh("ip link del wan0");
  boot();
  EXPECT_EQ(rules("INPUT"), applied);
  EXPECT_EQ(record(), noted);
}

TEST_P(BootBeforeTheNetwork, WhatBecameAnotherRuleIsKnownAsPyfws) {
  add_route_by("wan0");
  apply_wishes(kExternal);
  lose_all();
  sh("ip link del wan0");
  add_route_by("wan1");
  boot();
  EXPECT_THAT(rules("INPUT"), ElementsAre(HasSubstr("-i wan1")));
  EXPECT_THAT(record(), AllOf(HasSubstr("-i wan1"), Not(HasSubstr("wan0"))));
  apply_wishes("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [] }}}}");
  EXPECT_THAT(rules("INPUT"), IsEmpty());
}

// A set that others make, and that is not there yet, keeps mangle away.
constexpr const char* kNamesTheirs = R"(
pyfw_wishes:
  iptables:
    mangle: { PREROUTING: { rules: [ banned: -m set --match-set theirs src -j DROP ] } }
    nat: { PREROUTING: { rules: [ web: -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2 ] } }
    filter: { INPUT: { default_action: DROP, rules: [ ssh: -p tcp --dport 22 -j ACCEPT ] } }
  ip6tables:
    nat: { PREROUTING: { rules: [ web: '-p tcp --dport 80 -j DNAT --to-destination 2001:db8::2' ] } }
    filter: { INPUT: { default_action: DROP } }
)";

TEST_P(Boot, WhatCannotBeEnforcedKeepsNoOtherTableOpen) {
  sh("ipset create theirs hash:ip");
  apply_wishes(kNamesTheirs);
  auto applied = rules_and_sets();
  lose_all();
  auto run = pyfw({"boot"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("iptables mangle is not enforced: no set is called 'theirs'"));
  EXPECT_THAT(run.err,
              HasSubstr("iptables nat is not enforced: the other tables of its family are not all there"));
  EXPECT_THAT(run.out, HasSubstr("not enforced: iptables mangle, iptables nat"));
  EXPECT_THAT(save(), HasSubstr(":INPUT DROP"));
  EXPECT_THAT(rules("INPUT"), ElementsAre(HasSubstr("ssh")));
  EXPECT_THAT(rules("PREROUTING", "mangle"), IsEmpty());
  EXPECT_THAT(rules("PREROUTING", "nat"), IsEmpty());
  EXPECT_THAT(save("ip6tables"), AllOf(HasSubstr(":INPUT DROP"), HasSubstr("DNAT")));

  // Nothing of it is forgotten.
  sh("ipset create theirs hash:ip");
  boot();
  EXPECT_EQ(rules_and_sets(), applied);
  EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
}

TEST_P(Boot, GoesOnWhereNothingCanBeRehearsed) {
  apply_wishes(kWishes);
  auto applied = rules_and_sets();
  lose_all();
  EXPECT_EQ(copyless({"apply"}).status, 1);
  auto run = copyless({"boot"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err,
              HasSubstr("the live state can't be copied: the system lets us make no network namespace"));
  EXPECT_EQ(rules_and_sets(), applied);
}

constexpr const char* kForDocker = R"(
pyfw_wishes:
  ip46tables:
    filter:
      DOCKER-USER:
        rules: [ no_telnet: -p tcp --dport 23 -j DROP ]
)";

class BootBeforeDocker : public Boot {};
PYFW_ON_BOTH_BACKENDS(BootBeforeDocker);

TEST_P(BootBeforeDocker, ForwardJumpsToDockerUser) {
  apply_wishes(kForDocker);
  EXPECT_THAT(rules("FORWARD"), IsEmpty()) << "apply leaves it to Docker";
  auto noted = record();
  lose_all();
  sh("iptables -A FORWARD -i eth0 -j ACCEPT");
  boot();
  EXPECT_THAT(rules("FORWARD"), ElementsAre("-j DOCKER-USER", "-i eth0 -j ACCEPT"));
  EXPECT_THAT(rules("FORWARD", "filter", "ip6tables"), ElementsAre("-j DOCKER-USER"));
  EXPECT_EQ(record(), noted) << "the jump is Docker's";
  EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
  EXPECT_EQ(pyfw({"boot"}).out, "nothing to do: the wishes applied last are fulfilled\n");
  apply_wishes("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [] }}}}");
  EXPECT_THAT(rules("FORWARD"), ElementsAre("-j DOCKER-USER", "-i eth0 -j ACCEPT"));
}

TEST_P(BootBeforeDocker, OneThatIsThereIsEnough) {
  apply_wishes(kForDocker);
  sh("for family in iptables ip6tables; do $family -A FORWARD -i eth0 -j ACCEPT; $family -A FORWARD -m "
     "comment "
     "--comment theirs -j DOCKER-USER; $family -F DOCKER-USER; done");
  auto before = rules("FORWARD");
  boot();
  EXPECT_EQ(rules("FORWARD"), before);
  EXPECT_THAT(rules("DOCKER-USER"), ElementsAre(HasSubstr("no_telnet")));
}

TEST_P(BootBeforeDocker, TheJumpStandsWhereTheWishesLetOthersStand) {
  apply_wishes(R"(
pyfw_wishes:
  iptables:
    filter:
      DOCKER-USER: { rules: [ no_telnet: -p tcp --dport 23 -j DROP ] }
      FORWARD:
        rules:
        - first: -i eth1 -j DROP
        - ~match: DOCKER-USER
        - second: -i eth2 -j DROP
        - ~rest:
        - last: -i eth3 -j DROP
)");
  lose_all();
  boot();
  EXPECT_THAT(rules("FORWARD"),
              ElementsAre(HasSubstr("first"), "-j DOCKER-USER", HasSubstr("second"), HasSubstr("last")));
  EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
}

TEST_P(BootBeforeDocker, RulesEqualLeaveNoRoomForIt) {
  apply_wishes(R"(
pyfw_wishes:
  iptables:
    filter:
      DOCKER-USER: { rules: [ no_telnet: -p tcp --dport 23 -j DROP ] }
      FORWARD: { rules_equal: [ none: -j DROP ] }
)");
  lose_all();
  boot();
  EXPECT_THAT(rules("FORWARD"), ElementsAre(HasSubstr("none")));
  EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
}

}  // namespace
}  // namespace pyfw::netns
