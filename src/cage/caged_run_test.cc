#include "cage/caged_run.h"

#include <algorithm>

#include "base/strings.h"
#include "cage/cage_for_tests.h"
#include "cage/dockers_chains.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

class RunCaged : public OnCageHost {
 protected:
  static std::vector<std::string> rules(const State& state, const char* chain, const char* table = "filter") {
    std::vector<std::string> texts;
    if (const auto* found = find_chain(state.iptables, table, chain))
      for (const auto& rule : found->rules) texts.push_back(rule.text);
    return texts;
  }
};

TEST_F(RunCaged, RulesOfBothFamiliesAndSetsAreWhatItLeaves) {
  auto run = script(R"(#!/bin/sh
ipset create friends hash:ip
ipset add friends 192.0.2.7
iptables -P FORWARD DROP
iptables -A INPUT -m set --match-set friends src -j ACCEPT
ip6tables -A INPUT -p ipv6-icmp -j ACCEPT
)");
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(rules(run.state, "INPUT"), ElementsAre("-m set --match-set friends src -j ACCEPT"));
  EXPECT_EQ(find_chain(run.state.iptables, "filter", "FORWARD")->policy, "DROP");
  EXPECT_EQ(find_chain(run.state.ip6tables, "filter", "INPUT")->rules.size(), 1);
  ASSERT_EQ(run.state.sets.size(), 1);
  EXPECT_THAT(run.state.sets[0].members, ElementsAre("192.0.2.7"));
}

TEST_F(RunCaged, ScriptFindsTheHostsWayOutByItsGateway) {
  EXPECT_EQ(output_of(R"(gateway=$(ip route show default | awk '/default/ {print $3}')
echo $gateway
ip route get $gateway | awk '/dev/ {print $3}'
ip -o -4 addr show docker0 | awk '{print $4}'
ls /sys/class/net/ | grep -c -x -e lo -e eth0 -e docker0)"),
            "192.168.122.1\neth0\n172.17.0.1/16\n3\n");
}

// No server answers in there, and the C library would wait five seconds, twice, for each.
TEST_F(RunCaged, NamesThatNobodyResolvesAreGivenUpSoon) {
  EXPECT_EQ(output_of("echo $RES_OPTIONS"), "timeout:1 attempts:1\n");
}

TEST_F(RunCaged, InterfaceHasItsOtherNameThroughout) {
  auto host = cage_host();
  host.renamed = {{"eth0", "eth70"}};
  auto run = expect(run_caged({.path = "/etc/firewall.sh",
                               .text = "ip route show default | awk '{print $5}'\n"
                                       "ls /proc/sys/net/ipv4/conf | grep -e lo\n"},
                              host));
  EXPECT_EQ(run.output, "eth70\nlo\n");
}

TEST_F(RunCaged, DockersChainsTakeRulesAtTheirPlaces) {
  auto host = cage_host();
  host.start = dockers_chains(host.facts);
  auto run = expect(run_caged({.path = "/etc/firewall.sh",
                               .text = "iptables -I DOCKER-USER 1 -i eth0 -j DROP\n"
                                       "iptables -I DOCKER-USER 2 -j RETURN\n"},
                              host));
  EXPECT_EQ(run.output, "");
  EXPECT_THAT(rules(run.state, "DOCKER-USER"), ElementsAre("-i eth0 -j DROP", "-j RETURN", "-j RETURN"));
}

TEST_F(RunCaged, SavedRulesComeAndGoThroughFiles) {
  auto host = cage_host();
  host.files = {{.path = "/etc/iptables/rules.v4",
                 .text = "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n"}};
  auto run = expect(run_caged({.path = "/etc/firewall.sh", .text = R"(set -e
iptables-restore </etc/iptables/rules.v4
cp /etc/iptables/rules.v4 /etc/iptables/rules.v4.bak
iptables-save >/etc/iptables/rules.v4
iptables-save >/etc/secret
iptables-save >/etc/new
mkdir -p /var/lib/firewall /var/log/firewall
echo done >>/var/log/firewall/log
echo 1 >/tmp/lock
grep -c 'INPUT -i lo' /etc/iptables/rules.v4)"},
                              host));
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(run.output, "1\n");
  EXPECT_THAT(rules(run.state, "INPUT"), ElementsAre("-i lo -j ACCEPT"));
}

TEST_F(RunCaged, SettingsAreWrittenAndStayInThere) {
  auto before =
      sh("cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/panic /proc/sys/net/ipv4/conf/all/rp_filter");
  auto run = script(R"(#!/bin/sh -e
sysctl -w net.ipv4.ip_forward=1 kernel.panic=77
for setting in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 2 >$setting; done
cat /proc/sys/net/ipv4/ip_forward)");
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, EndsWith("\n1\n"));
  EXPECT_THAT(run.settings,
              IsSupersetOf({WrittenSetting{"net/ipv4/ip_forward", "1"}, WrittenSetting{"kernel/panic", "77"},
                            WrittenSetting{"net/ipv4/conf/all/rp_filter", "2"}}));
  EXPECT_EQ(
      sh("cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/panic /proc/sys/net/ipv4/conf/all/rp_filter"),
      before);
}

TEST_F(RunCaged, SettingThatHadTheValueAlreadyIsToldToo) {
  auto run =
      script(R"(for name in net.ipv4.ip_forward kernel.panic; do sysctl -w $name=$(sysctl -n $name); done
cat /proc/sys/net/ipv4/ip_default_ttl)");
  std::vector<std::string> names;
  for (const auto& setting : run.settings) names.push_back(setting.name);
  EXPECT_THAT(names, UnorderedElementsAre("net/ipv4/ip_forward", "kernel/panic"));
  EXPECT_THAT(script("iptables -A INPUT -i lo -j ACCEPT").settings, IsEmpty());
}

TEST_F(RunCaged, WhatWouldReachOutIsToldAndHarmless) {
  auto run = script(R"sh(#!/bin/sh
set -e
modprobe ip_tables
/sbin/modprobe 'nf conntrack' || exit 9
systemctl restart docker
[ "$(systemctl is-active docker)" = active ]
systemctl --quiet is-active docker
service docker restart
sudo -n iptables -A INPUT -i lo -j ACCEPT
)sh");
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.masked, ElementsAre(MaskedCommand{Mask::kNotDone, "modprobe ip_tables"},
                                      MaskedCommand{Mask::kNotDone, "modprobe nf conntrack"},
                                      MaskedCommand{Mask::kNotDone, "systemctl restart docker"},
                                      MaskedCommand{Mask::kNotDone, "service docker restart"}));
  EXPECT_THAT(rules(run.state, "INPUT"), ElementsAre("-i lo -j ACCEPT"));
}

TEST_F(RunCaged, ExitStatusIsTheScriptsOwn) {
  EXPECT_EQ(script("exit 7").status, 7);
  EXPECT_EQ(script("kill -TERM $$").status, 128 + 15);
}

TEST_F(RunCaged, BothOutputsComeInTheirOrderAndCanBeOpenedAnew) {
  EXPECT_EQ(output_of("echo one; echo two >&2; echo three >/dev/stderr; echo four >/dev/stdout"),
            "one\ntwo\nthree\nfour\n");
}

TEST_F(RunCaged, ScriptFindsItselfWhereItIs) {
  auto run =
      expect(run_caged({.path = "/root/firewall/up.bash",
                        .text = "#!/bin/bash\necho ${BASH_SOURCE[0]} $(dirname $0) $PWD $1 $2 $(id -u)\n",
                        .arguments = {"a b", "c"}},
                       cage_host()));
  EXPECT_EQ(run.output, "/root/firewall/up.bash /root/firewall /root/firewall a b c 0\n");
}

TEST_F(RunCaged, ScriptMayLieDeepInAFolderOfTheHosts) {
  sh("mkdir -p /opt/a/b/c/d; echo beside >/opt/a/b/c/d/other");
  auto run = expect(run_caged({.path = "/opt/a/b/c/d/up.sh", .text = "ls; cat other"}, cage_host()));
  EXPECT_EQ(run.output, "other\nup.sh\nbeside\n");
}

TEST_F(RunCaged, MissingInterpreterIsSaid) {
  auto run = script("#!/usr/bin/no-such-shell\n");
  EXPECT_EQ(run.status, 126);
  EXPECT_THAT(run.output, HasSubstr("interpreter is not there"));
}

TEST_F(RunCaged, FileThatOnlyRootReadsIsRefusedPlainly) {
  auto run = script("cat /etc/secret; cat /etc/iptables/public");
  EXPECT_THAT(run.output, HasSubstr("/etc/secret: Permission denied"));
  EXPECT_THAT(run.output, HasSubstr("everybody"));
}

TEST_F(RunCaged, ManyRulesInOneRestoreAreTaken) {
  auto run = script(R"({ echo '*filter'; for i in $(seq 2000); do
  echo "-A INPUT -s 10.0.$((i / 250)).$((i % 250)) -p tcp -m tcp --dport 22 -j ACCEPT"; done; echo COMMIT; } | iptables-restore)");
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(rules(run.state, "INPUT").size(), 2000);
}

TEST_F(RunCaged, NothingIsInstalledAndTheScriptGoesOn) {
  auto run =
      script("set -e; apt-get update -qq; apt-get install -y ipset; iptables -A INPUT -i lo -j ACCEPT");
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.masked, ElementsAre(MaskedCommand{Mask::kNotDone, "apt-get update -qq"},
                                      MaskedCommand{Mask::kNotDone, "apt-get install -y ipset"}));
  EXPECT_THAT(rules(run.state, "INPUT"), ElementsAre("-i lo -j ACCEPT"));
}

TEST_F(RunCaged, ItWaitsForAMomentAndWhatUndoesItLaterWaitsOn) {
  auto run = script(R"(iptables -P INPUT DROP
(sleep 30; iptables -P INPUT ACCEPT) &
nohup sh -c 'sleep 30; iptables -P INPUT ACCEPT' >/dev/null 2>&1 &
setsid -f sh -c 'sleep 30; iptables -P INPUT ACCEPT'
echo 'iptables -P INPUT ACCEPT' | at now + 5 minutes
systemd-run --on-active=60 iptables -P INPUT ACCEPT
trap 'iptables -F' EXIT
iptables -A INPUT -i lo -j ACCEPT
sleep 300
/bin/sleep 5m
trap - EXIT
sleep 0.5)",
                    {.time = std::chrono::seconds(30)});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(run.output, "");
  EXPECT_EQ(find_chain(run.state.iptables, "filter", "INPUT")->policy, "DROP");
  EXPECT_THAT(rules(run.state, "INPUT"), ElementsAre("-i lo -j ACCEPT"));
  EXPECT_THAT(run.masked, ElementsAre(MaskedCommand{Mask::kNotDone, "at now + 5 minutes"},
                                      MaskedCommand{Mask::kNotDone,
                                                    "systemd-run --on-active=60 iptables -P INPUT ACCEPT"}));
}

TEST_F(RunCaged, AScriptThatWaitsWithoutEndIsEndedThere) {
  auto run = script(R"(trap 'iptables -F' EXIT TERM
iptables -A INPUT -i lo -j ACCEPT
while :; do sleep 5; done)");
  EXPECT_EQ(run.status, 128 + 9);
  EXPECT_THAT(rules(run.state, "INPUT"), ElementsAre("-i lo -j ACCEPT"));
  EXPECT_THAT(run.masked, ElementsAre(MaskedCommand{Mask::kEndless, "sleep 5"}));
}

TEST_F(RunCaged, ManyShortWaitsAreOverBeforeTheTimeIs) {
  auto run = script("for i in $(seq 60); do sleep 1; done; iptables -A INPUT -i lo -j ACCEPT",
                    {.time = std::chrono::seconds(40)});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.masked, IsEmpty());
  EXPECT_THAT(rules(run.state, "INPUT"), ElementsAre("-i lo -j ACCEPT"));
}

TEST_F(RunCaged, RulesMayNameAnyUserOfTheHost) {
  auto run = script(
      "iptables -A OUTPUT -m owner --uid-owner nobody -j DROP; "
      "iptables -A OUTPUT -m owner --gid-owner 1000-1999 -j DROP");
  EXPECT_EQ(run.output, "");
  EXPECT_THAT(rules(run.state, "OUTPUT"),
              ElementsAre("-m owner --uid-owner 65534 -j DROP", "-m owner --gid-owner 1000-1999 -j DROP"));
}

TEST_F(RunCaged, WhatIsNoPartOfTheStateIsTold) {
  EXPECT_THAT(script("iptables -A INPUT -i lo -j ACCEPT").unseen, IsEmpty());
  EXPECT_THAT(script("ip rule add fwmark 1 table 100; ip route add local default dev lo table 100").unseen,
              ElementsAre("`ip rule add from all fwmark 0x1 lookup 100`"));
  EXPECT_THAT(script("nft add table inet firewall; iptables-legacy -A INPUT -i lo -j ACCEPT").unseen,
              ElementsAre("the table inet firewall of nftables", "rules on the legacy backend of iptables"));
}

TEST_F(RunCaged, ManyRulesMayStandThereBefore) {
  auto host = cage_host();
  auto& input = ensure_chain(host.start.iptables, "filter", "INPUT");
  for (int i = 0; i < 2000; ++i)
    input.rules.emplace_back(fmt::format("-s 10.0.{}.{}/32 -j ACCEPT", i / 250, i % 250));
  auto run = expect(run_caged({.path = "/etc/firewall.sh", .text = "iptables -S INPUT | wc -l"}, host));
  EXPECT_EQ(run.output, "2001\n");
  EXPECT_EQ(run.state.iptables, host.start.iptables);
}

TEST_F(RunCaged, WorksOnLegacyToo) {
  auto host = cage_host();
  host.backend = Backend::kLegacy;
  auto run = expect(
      run_caged({.path = "/etc/firewall.sh", .text = "iptables-legacy -A INPUT -i lo -j ACCEPT"}, host));
  EXPECT_EQ(run.output, "");
  EXPECT_THAT(rules(run.state, "INPUT"), ElementsAre("-i lo -j ACCEPT"));
}

}  // namespace
}  // namespace pyfw
